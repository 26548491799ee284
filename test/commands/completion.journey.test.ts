import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Shell } from '../../src/commands/completion-scripts.ts';
import { builtProgram, type EmptyPlace } from '../terminal/program.ts';
import type { ScreenInPty } from '../terminal/screen-in-pty.ts';
import { emptyPlace, runInPty, startCluster } from '../terminal/test-bed.ts';

/** How each shell is started with nothing of the machine's in it, and told to complete. */
const SHELLS: Readonly<Record<Shell, { readonly args: readonly string[]; readonly load: string }>> = {
  bash: { args: ['--noprofile', '--norc', '-i'], load: 'source <(weighbridge completion bash)' },
  zsh: {
    args: ['-f', '-i'],
    load: 'autoload -Uz compinit; compinit -D -u; source <(weighbridge completion zsh)',
  },
  fish: { args: ['--no-config', '-i'], load: 'weighbridge completion fish | source' },
};

const isThere = (shell: string) => spawnSync(shell, ['--version']).error === undefined;

/** The program under its own name on the PATH. */
function installed({ home, env }: EmptyPlace): Readonly<Record<string, string>> {
  const file = join(home, 'weighbridge');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${builtProgram()}' "$@"\n`);
  chmodSync(file, 0o755);
  return { ...env, PATH: `${home}:${env.PATH}`, PS1: '> ', PROMPT: '> ' };
}

/** What the shell writes as 42, so that what it has written is told from what was typed. */
function sum(shell: Shell): string {
  return shell === 'fish' ? '(math 40 + 2)' : '$((40 + 2))';
}

async function startShell(shell: Shell, env: Readonly<Record<string, string>>): Promise<ScreenInPty> {
  const { args, load } = SHELLS[shell];
  const screen = runInPty({ command: shell, args, env });
  screen.press(`${load}; echo is-${sum(shell)}-ready\n`);
  await screen.waitFor('the script is loaded', text => text.includes('is-42-ready'));
  return screen;
}

describe.each(['bash', 'zsh', 'fish'] as const)('%s', shell => {
  it.skipIf(!isThere(shell))('completes what the live cluster has, and shows no error', async () => {
    const place = emptyPlace();
    const { kubeconfig } = await startCluster(place);
    const screen = await startShell(shell, { ...installed(place), KUBECONFIG: kubeconfig });
    const completes = async (typed: string, completed: string) => {
      screen.press(`${typed}\t`);
      await screen.waitFor(`${typed} becomes ${completed}`, text => text.includes(completed));
      // Everything before the cursor goes.
      screen.press('\x15');
    };
    await completes('weighbridge vers', 'weighbridge version');
    await completes('weighbridge doctor my', 'weighbridge doctor myapp');
    await completes('weighbridge shift my', 'weighbridge shift myapp');
    await completes('weighbridge shift myapp v1=80 v', 'weighbridge shift myapp v1=80 v2=');
    await completes('weighbridge shift v2', 'weighbridge shift v2=');
    await completes('weighbridge doctor --cont', 'weighbridge doctor --context');
    await completes('weighbridge doctor --context wei', 'weighbridge doctor --context weighbridge-demo');
    await completes('weighbridge doctor -n istio-s', 'weighbridge doctor -n istio-system');
    await completes('weighbridge doctor --output=js', 'weighbridge doctor --output=json');
    expect(screen.text).not.toMatch(/error|not found|bug|Can't/i);
  });

  it.skipIf(!isThere(shell))(
    'says nothing where there is no cluster, and evaluates nothing that is typed',
    async () => {
      const place = emptyPlace();
      const kubeconfig = join(place.home, 'nowhere');
      const screen = await startShell(shell, { ...installed(place), KUBECONFIG: kubeconfig });
      screen.press(`weighbridge doctor '$(touch ${place.home}/evil)' my\t`);
      screen.press(`\x15echo still-${sum(shell)}-here\n`);
      await screen.waitFor('the shell goes on', text => text.includes('still-42-here'));
      expect(screen.text).not.toMatch(/error|not found|bug|Can't/i);
      expect(readdirSync(place.home)).not.toContain('evil');
    },
  );
});

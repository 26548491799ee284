import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { clipboardSequence, followClipboard } from '../../src/commands/clipboard.ts';
import { copyTaken } from '../../src/session/copy-state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NOW, stateOf } from '../support/states.ts';

function terminal(env: NodeJS.ProcessEnv = {}) {
  const stdout = new PassThrough();
  stdout.setEncoding('utf8');
  const state = stateOf('healthy', [50, 50]);
  const store = createAppStore(NOW, state.ui);
  store.setState(state, true);
  const io = { stdout: stdout as unknown as NodeJS.WriteStream, env };
  onTestFinished(followClipboard(store, new ManualClock(NOW), io));
  return {
    copy: (name: string, text: string) =>
      store.setState(before => copyTaken(before, { name, content: { kind: 'text', text } }), true),
    written: () => String(stdout.read() ?? ''),
    said: () => store.getState().notices.at(-1),
  };
}

it('hands text to the terminal in base64, and says what was copied', () => {
  const { copy, written, said } = terminal();
  copy('the URL of the gateway', 'http://größe.example');
  const [, base64 = ''] = /^\u001b\]52;c;([\w+/=]+)\u0007$/.exec(written()) ?? [];
  expect(Buffer.from(base64, 'base64').toString()).toBe('http://größe.example');
  expect(said()).toMatchObject({
    level: 'info',
    text: 'copied the URL of the gateway: 20 characters, by way of the terminal (OSC 52)',
  });
});

it('copies the same again when it is asked again', () => {
  const { copy, written } = terminal();
  copy('a name', 'shop');
  const first = written();
  copy('a name', 'shop');
  expect(written()).toBe(first);
  expect(first).not.toBe('');
});

it('passes through tmux as well, whichever way that is set up', () => {
  expect(clipboardSequence('shop', { TMUX: '/tmp/tmux-0/default,1,0' })).toBe(
    '\u001b]52;c;c2hvcA==\u0007\u001bPtmux;\u001b\u001b]52;c;c2hvcA==\u0007\u001b\\',
  );
});

it('writes nothing that terminals would cut off, and says so', () => {
  const { copy, written, said } = terminal();
  copy('the YAML', 'x'.repeat(74_995));
  expect(written()).toBe('');
  expect(said()).toMatchObject({
    level: 'warning',
    text: "Can't copy the YAML: it has 75 KB, and terminals take 74 KB",
  });
  copy('the YAML', 'x'.repeat(74_994));
  expect(written()).toHaveLength(99_992 + 8);
});

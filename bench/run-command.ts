import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How each program that may be missing says which one it is. */
const VERSION_ARGS = { kubectl: ['version', '--client'], curl: ['--version'] } as const;

/** Whether this program can be run here at all; where not, stderr gets a sentence. */
export async function isInstalled(program: keyof typeof VERSION_ARGS): Promise<boolean> {
  try {
    await run(program, VERSION_ARGS[program], process.env);
    return true;
  } catch {
    process.stderr.write(`There is no ${program} on the PATH: it is left out of the comparison.\n`);
    return false;
  }
}

/** Runs a command to its end and yields its stdout. Rejects when it fails. Its stdin stays open and empty. */
export async function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', chunk => {
    stdout += String(chunk);
  });
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`${command} ended with exit code ${exitCode}`);
  return stdout;
}

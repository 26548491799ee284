import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Whether this command can be run here at all. */
export async function isInstalled(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(command, args, process.env);
    return true;
  } catch {
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

import { execFileSync } from 'node:child_process';

/** The processes that `pid` started, and those that they started, the nearest first. */
export function processesBelow(pid: number): readonly number[] {
  const parents = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const above of found) {
    for (const [child, parent] of parents) if (parent === above && child !== undefined) found.push(child);
  }
  return found.slice(1);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export type ProcessCost = {
  /** Since the process started, in user and system mode. */
  readonly cpuMs: number;
  readonly residentMb: number;
};

/** Linux counts processor time in hundredths of a second, whatever its kernel's own tick is. */
const TICK_MS = 10;
const UTIME = 11;
const STIME = 12;

/** What a running process has used. `ps` knows whole seconds only on Linux, where /proc knows better. */
export function costOf(pid: number): ProcessCost {
  return existsSync('/proc/self/stat') ? costFromProc(pid) : costFromPs(pid);
}

function costFromProc(pid: number): ProcessCost {
  // The second field is the name in parentheses, which can hold blanks.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuMs: (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_MS,
    residentMb: Number(resident) / 1024,
  };
}

function costFromPs(pid: number): ProcessCost {
  const output = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' });
  const [time = '', resident = ''] = output.trim().split(/\s+/);
  const seconds = time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return { cpuMs: seconds * 1000, residentMb: Number(resident) / 1024 };
}

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild } from '../src/run-child.ts';
import { hangingWithChild, noteOfProcesses, runScript } from './support/child-scripts.ts';
import { eventually } from './support/eventually.ts';
import { isRunning, processesBelow } from './terminal/processes.ts';

const never = new AbortController().signal;

describe.skipIf(process.platform === 'win32')('a child process that is given up', () => {
  it('is gone at once, with what it started', async () => {
    const { file, ids } = await noteOfProcesses();
    const gone = new AbortController();
    const end = runScript(hangingWithChild(file), {}, gone.signal);
    const started = await ids(2);
    gone.abort();
    expect((await end).kind).toBe('killed');
    await eventually(() => expect(started.filter(isRunning)).toEqual([]));
  });

  it('may end by itself where it is given the time', async () => {
    const gone = new AbortController();
    const ready = Promise.withResolvers<void>();
    const tidy =
      'process.on("SIGTERM", () => { console.error("tidied up"); process.exit(0); }); console.log("ready"); setInterval(() => {}, 1000);';
    const end = runScript(tidy, { graceMs: 10_000, onLines: () => ready.resolve() }, gone.signal);
    await ready.promise;
    gone.abort();
    expect(await end).toMatchObject({ kind: 'killed' });
  });

  it('is killed where it does not, with what it started', async () => {
    const { file, ids } = await noteOfProcesses();
    const gone = new AbortController();
    const deaf = hangingWithChild(file, 'process.on("SIGTERM", () => {})');
    const end = runScript(deaf, { graceMs: 200 }, gone.signal);
    const started = await ids(2);
    gone.abort();
    expect((await end).kind).toBe('killed');
    await eventually(() => expect(started.filter(isRunning)).toEqual([]));
  });

  it('ends with this process', async () => {
    const { file, ids } = await noteOfProcesses();
    const parent = `
import { runChild } from ${JSON.stringify(join(import.meta.dirname, '../src/run-child.ts'))};
void runChild({ file: process.execPath, args: ['-e', ${JSON.stringify(hangingWithChild(file))}], env: {} }, new AbortController().signal);
process.on('SIGUSR2', () => process.exit(70));
`;
    const run = runChild(
      { file: process.execPath, args: ['--input-type=module', '-e', parent], env: process.env },
      never,
    );
    void run;
    const started = await ids(2);
    const [parentId = 0] = processesBelow(process.pid).filter(id =>
      processesBelow(id).includes(started[0] ?? 0),
    );
    process.kill(parentId, 'SIGUSR2');
    expect(await run).toMatchObject({ kind: 'ended', exit: '70' });
    await eventually(() => expect(started.filter(isRunning)).toEqual([]));
  });
});

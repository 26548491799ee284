import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.ts';
import { FAULT_ROWS } from './rows.ts';
import { runFault } from './run-fault.ts';

/** The first row of each kind; `npm run test:faults` has them all. */
const rows = [...new Map(FAULT_ROWS.toReversed().map(row => [row.kind, row])).values()].toReversed();

describe('a live session', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.stop());

  it.each(rows)('survives what is $kind: $name', async row => {
    expect(await runFault(bench, row)).toMatchObject({ keysLost: 0 });
  });
});

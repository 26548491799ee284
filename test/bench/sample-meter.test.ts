import { describe, expect, it } from 'vitest';
import { meterSamples } from '../../bench/sample-meter.ts';

describe('processor time per sample', () => {
  it('is that of each batch after the warm-up, and told once', () => {
    const told: (readonly number[])[] = [];
    // A sample costs 5 ms while it is compiled, then 1 ms, then 2 ms.
    const costs = [5, 5, 5, 1, 1, 2, 2, 9, 9];
    let cpuMs = 0;
    const onSample = meterSamples(
      { warmUpSamples: 3, batches: 2, batchSamples: 2 },
      msPerSample => told.push(msPerSample),
      () => cpuMs,
    );
    for (const cost of costs) {
      cpuMs += cost;
      onSample();
    }
    expect(told).toEqual([[1, 2]]);
  });
});

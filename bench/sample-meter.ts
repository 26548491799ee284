/** How a process that samples is measured: after a warm-up, so many batches of so many samples. */
export type Batches = {
  readonly warmUpSamples: number;
  readonly batches: number;
  readonly batchSamples: number;
};

/**
 * Yields what a process calls once a sample. When all batches are there, `onEnd` gets the milliseconds of processor time that a
 * sample took in each.
 */
export function meterSamples(
  { warmUpSamples, batches, batchSamples }: Batches,
  onEnd: (msPerSample: readonly number[]) => void,
  cpuMs: () => number = ownCpuMs,
): () => void {
  const msPerSample: number[] = [];
  let seen = 0;
  let beforeMs = 0;
  return () => {
    seen += 1;
    const metered = seen - warmUpSamples;
    if (metered < 0 || metered % batchSamples !== 0 || msPerSample.length === batches) return;
    const nowMs = cpuMs();
    if (metered > 0) msPerSample.push((nowMs - beforeMs) / batchSamples);
    beforeMs = nowMs;
    if (msPerSample.length === batches) onEnd(msPerSample);
  };
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

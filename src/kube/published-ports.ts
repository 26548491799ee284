import { runChild } from '../run-child.ts';

const DEADLINE_MS = 2_000;

/**
 * Which ports of localhost Docker leads to which ports of the cluster's containers, as `docker port` tells for each of them.
 * Empty where Docker is not there, does not answer in time, or does not know them.
 */
export async function readPublishedPorts(
  containers: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const printed = await Promise.all(containers.map(container => dockerPort(container, signal)));
  return publishedPorts(printed.join('\n'));
}

/** Reads lines such as `80/tcp -> 0.0.0.0:8080`. */
export function publishedPorts(printed: string): ReadonlyMap<number, readonly number[]> {
  const ports = new Map<number, readonly number[]>();
  for (const [, inside = '', outside = ''] of printed.matchAll(/^(\d+)\/tcp -> .*:(\d+)\s*$/gm)) {
    const known = ports.get(Number(inside)) ?? [];
    if (!known.includes(Number(outside))) ports.set(Number(inside), [...known, Number(outside)]);
  }
  return ports;
}

async function dockerPort(container: string, signal: AbortSignal): Promise<string> {
  const command = { file: 'docker', args: ['port', container], env: process.env };
  const end = await runChild(command, AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]));
  return end.kind === 'ended' && end.exit === '0' ? end.output : '';
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { ClusterClient } from './cluster-client.ts';
import { DemoProcess } from './demo-process.ts';
import { builtProgram, createEmptyPlace, type EmptyPlace, PROJECT } from './program.ts';
import { ScreenInPty, type ScreenOptions, SMALL } from './screen-in-pty.ts';

// Whatever is started here ends with the test that started it.

export function emptyPlace(): EmptyPlace {
  const place = createEmptyPlace();
  onTestFinished(place.remove);
  return place;
}

/** Runs a command in a pseudo-terminal. */
export function runInPty(
  options: Pick<ScreenOptions, 'command' | 'args' | 'env'> & Partial<ScreenOptions>,
): ScreenInPty {
  const screen = new ScreenInPty({ cwd: PROJECT, size: SMALL, ...options });
  onTestFinished(() => screen.stop());
  return screen;
}

/** Runs weighbridge in a pseudo-terminal. */
export function openScreen(
  args: readonly string[],
  {
    env,
    size = SMALL,
    nodeArgs = [],
    linkBytesPerSecond,
  }: Pick<ScreenOptions, 'env'> &
    Partial<Pick<ScreenOptions, 'size' | 'linkBytesPerSecond'>> & {
      readonly nodeArgs?: readonly string[];
    },
): ScreenInPty {
  return runInPty({
    command: process.execPath,
    args: [...nodeArgs, builtProgram(), ...args],
    env,
    size,
    linkBytesPerSecond,
  });
}

/** Serves a demo cluster from a process of its own. */
export async function serveDemo({ env }: EmptyPlace, args: readonly string[] = []): Promise<DemoProcess> {
  const demo = await DemoProcess.start(env, args);
  onTestFinished(() => demo.stop());
  return demo;
}

export function clientOf(kubeconfigFile: string): ClusterClient {
  const client = new ClusterClient(kubeconfigFile);
  onTestFinished(() => client.close());
  return client;
}

/** A demo cluster in this process, whose API can be taken away. */
export async function startCluster({
  home,
}: EmptyPlace): Promise<{ cluster: DemoCluster; kubeconfig: string }> {
  const cluster = await startDemoCluster({ manifestsFolder: join(PROJECT, 'manifests') });
  onTestFinished(() => cluster.stop());
  const kubeconfig = join(home, 'kubeconfig');
  writeFileSync(kubeconfig, cluster.kubeconfig);
  return { cluster, kubeconfig };
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoCluster, startDemoCluster } from '../demo/demo-cluster.ts';
import { packageFolder } from '../package-folder.ts';

/** A demo cluster that other clients can find by a kubeconfig file. */
export type HostedDemo = {
  readonly cluster: DemoCluster;
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  /** Ends the cluster and removes the kubeconfig, unless its place was chosen by the person. */
  readonly stop: () => Promise<void>;
};

export type DemoFlags = {
  /** Where to write the kubeconfig; in a temporary folder where absent. */
  readonly kubeconfig?: string | undefined;
  readonly seed?: number | undefined;
  /** The name of one of the scenarios. */
  readonly scenario?: string | undefined;
  /** How many pods a crowd has. */
  readonly pods?: number | undefined;
};

/** Boots the embedded cluster from the package's manifests and writes its kubeconfig, readable by this user alone. */
export async function hostDemo(flags: DemoFlags): Promise<HostedDemo> {
  const cluster = await startDemoCluster({
    manifestsFolder: join(packageFolder(), 'manifests'),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.scenario === undefined ? {} : { scenario: flags.scenario }),
    ...(flags.pods === undefined ? {} : { pods: flags.pods }),
  });
  try {
    const folder = flags.kubeconfig === undefined ? await mkdtemp(join(tmpdir(), 'weighbridge-')) : undefined;
    const kubeconfig = flags.kubeconfig ?? join(folder ?? '', 'kubeconfig');
    await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
    return {
      cluster,
      kubeconfig,
      stop: async () => {
        await cluster.stop();
        if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

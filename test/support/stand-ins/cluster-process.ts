// The cluster that the stand-in for minikube makes: a process of its own, as a virtual machine is. It says where it is in a file
// and runs until it is killed, or the folder is gone: a test that failed leaves none behind.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDemoCluster } from '../../../src/demo/demo-cluster.ts';

const [folder = '', profile = '', scenario = ''] = process.argv.slice(2);
const manifestsFolder = join(import.meta.dirname, '../../../manifests');
const demo = await startDemoCluster({ manifestsFolder, scenario });
const kubeconfig = demo.kubeconfig.replaceAll(demo.context, profile);
const file = join(folder, `cluster-${profile}.json`);
writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid, kubeconfig }));
renameSync(`${file}.new`, file);
setInterval(() => {
  if (!existsSync(folder)) process.exit();
}, 1_000);

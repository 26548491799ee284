import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Api, accepted, connectTo } from '../test/contract/api.ts';
import { pathsIn } from '../test/contract/paths.ts';
import { readKubeconfig } from '../test/contract/server.ts';
import { DemoProcess } from '../test/terminal/demo-process.ts';
import type { EmptyPlace } from '../test/terminal/program.ts';
import { LARGE } from '../test/terminal/screen-in-pty.ts';
import { growthResults, lookInTurn, type Stage } from './growth.ts';
import type { Result } from './result.ts';

const DESTINATIONS = [2, 5, 20];
const PATHS = pathsIn('default');

/** What the screen costs on routes with more and more destinations, each a version of its own that answers. */
export async function measureDestinations(place: EmptyPlace): Promise<readonly Result[]> {
  const stages: Stage[] = [];
  try {
    for (const count of DESTINATIONS) {
      const demo = await DemoProcess.start(place.env);
      stages.push({ name: `with ${count} destinations`, demo });
      await putDestinations(demo, count);
    }
    return growthResults(await lookInTurn(place, stages, LARGE));
  } finally {
    for (const { demo } of stages) await demo.stop();
  }
}

/** Makes the tutorial's route one with so many destinations, of about equal weights. */
async function putDestinations({ served }: DemoProcess, count: number): Promise<void> {
  const { kubeconfig } = served;
  const api = connectTo(readKubeconfig(readFileSync(kubeconfig, 'utf8'), dirname(kubeconfig)));
  const versions = Array.from({ length: count }, (_, index) => `v${index + 1}`);
  try {
    // The first two are there.
    const added = versions.slice(2);
    for (const version of added) await putVersion(api, version);
    await untilAvailable(api, added);
    const subsets = versions.map(version => ({ name: version, labels: { version } }));
    await replace(api, `${PATHS.destinationRules}/myapp`, '/spec/subsets', subsets);
    await replace(api, `${PATHS.virtualServices}/myapp`, '/spec/http/0/route', routeTo(versions));
  } finally {
    await api.close();
  }
}

function routeTo(versions: readonly string[]) {
  const share = Math.floor(100 / versions.length);
  return versions.map((subset, index) => ({
    destination: { host: 'myapp', subset },
    weight: index === 0 ? 100 - share * (versions.length - 1) : share,
  }));
}

/** A version whose page differs from all others: nginx with a page from a ConfigMap. */
async function putVersion(api: Api, version: string): Promise<void> {
  const name = `myapp-${version}`;
  const labels = { app: 'myapp', version };
  const data = { 'index.html': `<h1>Application version ${version}</h1>\n` };
  accepted(
    await api.post(PATHS.configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data }),
  );
  const page = { name: 'page', mountPath: '/usr/share/nginx/html' };
  const ports = [{ name: 'http', containerPort: 80 }];
  const spec = {
    containers: [{ name: 'myapp', image: `nginx:${version}`, ports, volumeMounts: [page] }],
    volumes: [{ name: 'page', configMap: { name } }],
  };
  const template = { metadata: { labels }, spec };
  accepted(
    await api.post(PATHS.deployments, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    }),
  );
}

async function untilAvailable(api: Api, versions: readonly string[]): Promise<void> {
  const watch = await api.watch(PATHS.deployments);
  const isAvailable = (version: string) =>
    watch.events.findLast(({ object }) => object.metadata.name === `myapp-${version}`)?.object.status
      .availableReplicas === 1;
  for (let count = 1; !versions.every(isAvailable); count += 1) await watch.first(count);
  watch.close();
}

async function replace(api: Api, object: string, path: string, value: unknown): Promise<void> {
  accepted(await api.patch(object, 'json', [{ op: 'replace', path, value }]));
}

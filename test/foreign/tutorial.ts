import { equal, ok as holds, match } from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, MANIFESTS } from './cluster.ts';
import { type Kubectl, whileRunning } from './kubectl.ts';
import { forwardedUrl, pageOf } from './kubectl-workloads.ts';
import { type Running, run, start } from './processes.ts';
import type { Row } from './row.ts';

const NODE = 'jsonpath=\'{.items[0].status.addresses[?(@.type=="InternalIP")].address}\'';
const NODE_PORT = 'jsonpath=\'{.spec.ports[?(@.name=="http2")].nodePort}\'';

/** One line per request: the HTTP code, then which version the page is of. */
const CURL_LOOP = `while :; do
  page=$("$0" --silent --show-error --max-time 10 --write-out '\\n%{http_code}' "$1")
  echo "$(echo "$page" | tail -n 1) $(echo "$page" | grep -io 'version v[0-9]' | head -n 1)"
  sleep 0.02
done`;

const answersIn = (text: string) => text.split('\n').slice(0, -1);

/** Resolves once `count` more requests have been answered, with those. */
async function nextAnswers({ stdout, until }: Running, count: number): Promise<readonly string[]> {
  const before = answersIn(stdout()).length;
  return until(text => {
    const later = answersIn(text).slice(before);
    return later.length >= count ? later.slice(0, count) : undefined;
  });
}

/** The two addresses that the tutorial's reader types. */
async function ingressUrl({ ok }: Kubectl): Promise<string> {
  const host = await ok(`get nodes -o ${NODE}`);
  const port = await ok(`get service istio-ingressgateway -n istio-system -o ${NODE_PORT}`);
  return `http://${host}:${port}/`;
}

/** A copy of the manifests, to be edited as the reader does. */
function editableManifests({ folder }: Cluster) {
  const copy = join(folder, 'manifests');
  cpSync(MANIFESTS, copy, { recursive: true });
  const file = join(copy, '06-virtual-service.yaml');
  const setWeights = (first: number, second: number) => {
    const weights = [first, second];
    const text = readFileSync(file, 'utf8').replace(/weight: \d+/g, () => `weight: ${weights.shift()}`);
    writeFileSync(file, text);
  };
  return { folder: copy, file, setWeights };
}

type Hands = {
  readonly kubectl: Kubectl;
  readonly curl: string;
  readonly cluster: Cluster;
  readonly manifests: ReturnType<typeof editableManifests>;
};

/** Applies the weights while curl goes on asking: in the end every answer is of `version`, and none has failed. */
async function shiftUnderLoad(
  { kubectl, curl, cluster, manifests }: Hands,
  weights: readonly [number, number],
  version: string,
): Promise<void> {
  const loop = start('/bin/sh', ['-c', CURL_LOOP, curl, await ingressUrl(kubectl)], cluster.env);
  await whileRunning(loop, async () => {
    await nextAnswers(loop, 10);
    manifests.setWeights(...weights);
    match(await kubectl.ok(`apply -f ${manifests.file}`), /virtualservice\S* configured\n$/);
    // The gateway hears of it after istiod's 100 ms.
    const isSettled = (text: string) =>
      answersIn(text)
        .slice(-20)
        .every(line => line.endsWith(version));
    await loop.until(text => isSettled(text) || undefined);
    const settled = await nextAnswers(loop, 20);
    equal(settled.filter(line => !line.endsWith(version)).join('\n'), '');
  });
  const answers = answersIn(loop.stdout());
  equal(answers.filter(line => !line.startsWith('200 ')).join('\n'), '');
}

/** The tutorial of 2018 as its reader does it, with kubectl and curl, from a cluster with Istio and nothing deployed. */
export function tutorialRows(kubectl: Kubectl, curl: string, cluster: Cluster): readonly Row[] {
  const { ok, start: startKubectl } = kubectl;
  const manifests = editableManifests(cluster);
  const hands = { kubectl, curl, cluster, manifests };
  return [
    {
      what: 'Istio runs, and nothing is deployed',
      run: async () => {
        match(await ok('get pods -n istio-system'), /^istio-ingressgateway-\S+ +1\/1 +Running/m);
        equal(await ok('get deployments,virtualservices,gateways -o name'), '');
        const failed = await run(curl, ['--silent', '--fail', await ingressUrl(kubectl)], cluster.env);
        holds(failed.code !== 0, 'the gateway answers before anything is deployed');
      },
    },
    {
      what: 'kubectl apply -f manifests/: six objects, and both versions roll out',
      run: async () => {
        const created = (await ok(`apply -f ${manifests.folder}`)).trim().split('\n');
        equal(created.length, 6);
        for (const line of created) match(line, / created$/);
        for (const version of ['v1', 'v2'])
          await ok(`rollout status deployment myapp-${version} --timeout=30s`);
        match(await ok('get pods'), /^myapp-v1-\S+ +1\/1 +Running.*^myapp-v2-\S+ +1\/1 +Running/ms);
      },
    },
    {
      what: 'each version looks at you through its own port-forward',
      run: async () => {
        for (const version of ['v1', 'v2'])
          await whileRunning(startKubectl(`port-forward deployment/myapp-${version} :80`), async running => {
            match(await pageOf(await forwardedUrl(running)), new RegExp(`version ${version}`, 'i'));
          });
      },
    },
    {
      what: 'a curl loop shows both versions in turn',
      run: async () => {
        const loop = start('/bin/sh', ['-c', CURL_LOOP, curl, await ingressUrl(kubectl)], cluster.env);
        await whileRunning(loop, async () => {
          await loop.until(text => (/ version v1/i.test(text) && / version v2/i.test(text)) || undefined);
        });
      },
    },
    {
      what: 'kubectl apply of 0/100: all to v2 while curl goes on, and no request fails',
      run: () => shiftUnderLoad(hands, [0, 100], 'v2'),
    },
    {
      what: 'and back to 100/0, and no request fails',
      run: () => shiftUnderLoad(hands, [100, 0], 'v1'),
    },
    {
      what: 'kubectl delete -f manifests/: nothing is left',
      run: async () => {
        await ok(`delete -f ${manifests.folder} --timeout=30s`);
        await ok('wait --for=delete pod -l app=myapp --timeout=30s');
        equal(await ok('get deployments,pods,virtualservices,destinationrules,gateways -o name'), '');
      },
    },
  ];
}

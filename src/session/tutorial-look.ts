import { type Clock, pause } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { KubeObject } from '../kube/metadata.ts';
import { readGateway } from '../kube/traffic-objects.ts';
import { canBeShifted, rawWeights, readVirtualService } from '../kube/virtual-service.ts';
import { askGateway } from '../traffic/ask-gateway.ts';
import { readThrough } from '../traffic/read-version.ts';
import { ReadVersions } from '../traffic/recognition.ts';
import type { Answer } from '../traffic/sample.ts';
import type { AnsweringCluster } from '../tutorial/facts.ts';
import { findObject, type Manifests, VERSIONS } from '../tutorial/manifests.ts';
import { pageWords } from '../tutorial/page.ts';
import { type FoundTarget, findTarget, samplerTarget } from './sample-target.ts';
import type { Applied, AppState } from './state.ts';
import type { TutorialLook } from './tutorial-parts.ts';

export type LookParts = {
  readonly api: ClusterApi;
  readonly clock: Clock;
  readonly manifests: Manifests;
  /** What the command line says of sampling and of the place: the gateway is looked for as the screen does. */
  readonly state: AppState;
  readonly signal: AbortSignal;
};

const READ_DEADLINE_MS = 5_000;
/** As many answers as show both versions: of 20 at 50/50 all are of one version once in 500,000 times. */
const ANSWERS = 20;
const BETWEEN_ANSWERS_MS = 50;
const BETWEEN_SEARCHES_MS = 1_000;
/** istiod takes in what was applied after a tenth of a second, one that is busy after ten. */
const GATEWAY_DEADLINE_MS = 30_000;

/** Looks as a person does: at each version by itself, and through the gateway. */
export function tutorialLook(parts: LookParts): TutorialLook {
  return {
    atVersions: async cluster => {
      const pages = await readPages(parts, cluster);
      return pages.map(({ version, answer }) =>
        'failed' in answer
          ? `${version} is not shown: ${answer.failed}`
          : `${version} shows ${pageWords(answer.body)}`,
      );
    },
    throughGateway: async cluster => {
      const found = await untilGatewayFound(parts, cluster);
      if ('headline' in found) return found;
      const { target, applied } = found;
      try {
        return await watchAnswers(parts, cluster, target, applied);
      } finally {
        await target.gateway.link.close();
      }
    },
  };
}

type Page = { readonly version: string; readonly answer: Answer | { readonly failed: string } };

/** The page of each version that has a ready pod, by a port-forward to that pod. */
function readPages({ api, clock, signal }: LookParts, { pods }: AnsweringCluster): Promise<readonly Page[]> {
  const reads = VERSIONS.map(async version => {
    const pod = pods.find(({ isReady, labels }) => isReady && labels.version === version);
    if (!pod) return { version, answer: { failed: 'it has no ready pod' } };
    const port = pod.namedPorts.http ?? 80;
    const connect = () => api.portForward(pod.namespace, pod.name, port, signal);
    const request = { path: '/', headers: { host: 'localhost' } };
    return { version, answer: await readThrough(connect, request, READ_DEADLINE_MS, signal, clock) };
  });
  return Promise.all(reads);
}

/** A gateway that has just been installed opens its port once istiod has told it of the route. */
async function untilGatewayFound(
  parts: LookParts,
  cluster: AnsweringCluster,
): ReturnType<typeof findGatewayOf> {
  const { clock, signal } = parts;
  const untilMs = clock.now() + GATEWAY_DEADLINE_MS;
  for (;;) {
    const found = await findGatewayOf(parts, cluster);
    if ('target' in found || signal.aborted || clock.now() > untilMs) return found;
    await pause(clock, BETWEEN_SEARCHES_MS, signal);
  }
}

const NOT_REACHED = 'weighbridge doctor says which ways there are; --gateway URL names one.';

async function findGatewayOf(
  { api, clock, manifests, state, signal }: LookParts,
  cluster: AnsweringCluster,
): Promise<
  | { readonly target: FoundTarget; readonly applied: Applied }
  | { readonly headline: string; readonly nextStep: string }
> {
  const all = cluster.objects.filter(({ kind }) => kind === 'VirtualService').map(readVirtualService);
  const name = findObject(manifests.objects, 'VirtualService')?.name;
  const virtualService = all.find(one => one.name === name);
  const route = virtualService?.routes.find(canBeShifted);
  if (!virtualService || !route) return { headline: 'There is no route to look through.', nextStep: '' };
  const live = <Item>(items: readonly Item[]) => ({ items, freshness: { kind: 'live' } }) as const;
  const isGateway = ({ kind }: KubeObject) => kind === 'Gateway';
  const seen: AppState = {
    ...state,
    cluster: {
      ...state.cluster,
      nodes: live(cluster.nodes),
      gateways: live(cluster.objects.filter(isGateway).map(readGateway)),
      virtualServices: live(all),
    },
  };
  const applied: Applied = { virtualService, route, weights: rawWeights(route), source: { kind: 'found' } };
  const found = await findTarget(seen, applied, { api, clock, signal });
  if (found.kind === 'target') return { target: found.target, applied };
  const reason = 'reason' in found.sampling ? found.sampling.reason : 'the route is for sidecars only';
  return { headline: `The gateway is not reached: ${reason.replace(/\.$/, '')}.`, nextStep: NOT_REACHED };
}

/** Asks until a run of answers has failed in nothing and shows every version that has weight. */
async function watchAnswers(
  parts: LookParts,
  cluster: AnsweringCluster,
  target: FoundTarget,
  { route, weights }: Applied,
): Promise<{ readonly seen: string } | { readonly headline: string; readonly nextStep: string }> {
  const { clock, signal } = parts;
  const recognition = new ReadVersions();
  const pages = await readPages(parts, cluster);
  recognition.learn(
    pages.map(({ version, answer }) => ({ version, answers: 'failed' in answer ? [] : [answer] })),
  );
  const wanted = route.destinations.filter((_, index) => (weights[index] ?? 0) > 0).map(({ label }) => label);
  const untilMs = clock.now() + GATEWAY_DEADLINE_MS;
  for (;;) {
    const answers = await askOften(parts, target);
    const failed = answers.filter(answer => 'failed' in answer || answer.status >= 400);
    const labels = answers.map(answer => ('failed' in answer ? undefined : recognition.classify(answer)));
    const count = (label: string) => labels.filter(one => one === label).length;
    const isShown = recognition.canTellApart ? wanted.every(label => count(label) > 0) : true;
    const place = target.gateway.link.place();
    const way = `${place} (${target.gateway.link.words})`;
    if (failed.length === 0 && isShown) {
      const shares = recognition.canTellApart
        ? route.destinations.map(({ label }) => `${label} ${count(label)}`).join(', ')
        : 'of which version cannot be told';
      return { seen: `the gateway answers at ${way}: of ${ANSWERS} answers ${shares}, none failed` };
    }
    if (signal.aborted || clock.now() > untilMs) {
      return {
        headline: `The gateway at ${way} does not answer as the route says: ${whyNot(failed, wanted)}.`,
        nextStep: 'weighbridge doctor says why.',
      };
    }
  }
}

async function askOften(
  { clock, signal, state }: LookParts,
  target: FoundTarget,
): Promise<readonly (Answer | { readonly failed: string })[]> {
  const answers: (Answer | { readonly failed: string })[] = [];
  while (answers.length < ANSWERS && !signal.aborted) {
    const options = { deadlineMs: READ_DEADLINE_MS, clock, ca: state.traffic.gatewayCa };
    answers.push(await askGateway(samplerTarget(target), options, signal));
    await pause(clock, BETWEEN_ANSWERS_MS, signal);
  }
  return answers;
}

function whyNot(
  failed: readonly (Answer | { readonly failed: string })[],
  wanted: readonly string[],
): string {
  const [first] = failed;
  if (!first) return `not every one of ${wanted.join(', ')} answers`;
  const words = 'failed' in first ? first.failed : `HTTP ${first.status}`;
  return `${failed.length} of ${ANSWERS} requests fail, ${words}`;
}

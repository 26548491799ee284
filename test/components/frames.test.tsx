import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeDeployment } from '../../src/kube/describe-deployment.ts';
import { describePod } from '../../src/kube/describe-pod.ts';
import { unreadSection } from '../../src/kube/described.ts';
import type { WayKind } from '../../src/kube/gateway-ways.ts';
import type { RouteDestination } from '../../src/kube/virtual-service.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { detailsFailed, detailsRead } from '../../src/session/details.ts';
import type { Intent } from '../../src/session/intents.ts';
import { namespacesRead, namespacesRefused } from '../../src/session/namespaces.ts';
import { withNotice } from '../../src/session/notices.ts';
import { placeLeft, placeRemembered } from '../../src/session/places.ts';
import type { AppState } from '../../src/session/state.ts';
import type { TriedWay, WayResult } from '../../src/session/tried-way.ts';
import type { ListId } from '../../src/session/ui-state.ts';
import { someChecks } from '../support/checks.ts';
import { drawnFrame as frame, sized } from '../support/drawn-frame.tsx';
import { afterShifts } from '../support/histories.ts';
import { aVirtualService, fixtureObjects } from '../support/objects.ts';
import { NOW, observedTraffic, stateOf } from '../support/states.ts';

const golden = (name: string) => join(import.meta.dirname, 'frames', `${name}.txt`);

/** Two more VirtualServices for every host at the Gateway of the first: one takes everything as well, one a path. */
function withRivals(state: AppState): AppState {
  const { virtualServices } = state.cluster;
  const all = { ...aVirtualService([100, 0]), uid: 'all', name: 'everything' };
  const path = { ...all, uid: 'path', name: 'shop', hosts: ['shop.example.com'] };
  const items = [...virtualServices.items, all, path];
  return { ...state, cluster: { ...state.cluster, virtualServices: { ...virtualServices, items } } };
}

const healthy = stateOf('healthy', [50, 50]);

/** Some collections of a state, never read because their list is forbidden. */
function forbidden(state: AppState, rights: Partial<Record<keyof AppState['cluster'], string>>): AppState {
  const denied = Object.entries(rights).map(([name, nextStep]) => {
    const error = { kind: 'forbidden', headline: 'Forbidden.', nextStep } as const;
    return [name, { items: [], freshness: { kind: 'stale', sinceMs: NOW - 60_000, error } }];
  });
  return { ...state, cluster: { ...state.cluster, ...Object.fromEntries(denied) } };
}

/** In a namespace with 30 VirtualServices. */
const crowded: AppState = {
  ...healthy,
  cluster: {
    ...healthy.cluster,
    virtualServices: {
      items: [
        ...healthy.cluster.virtualServices.items,
        ...Array.from({ length: 30 }, (_, at) => ({
          ...aVirtualService([100 - at, at]),
          name: `shop-${at + 1}`,
          hosts: [`shop-${at + 1}.example.com`, 'shop.a-long-name-of-a-company.example.com'],
        })),
      ],
      freshness: { kind: 'live' },
    },
  },
};
const context = (name: string, serverHost: string, namespace: string, isProtected: boolean) => ({
  name,
  cluster: name,
  serverHost,
  namespace,
  isProtected,
});
const inThreeContexts: AppState = {
  ...healthy,
  places: {
    ...healthy.places,
    contexts: [
      context('minikube', '192.168.49.2:8443', 'default', false),
      context('staging', 'staging.example.com:6443', 'shop', false),
      context('eu-prod', 'prod.example.com', 'shop', true),
      context('arn:aws:eks:eu-central-1:123456789012:cluster/shop-live', 'eks.example.com', 'shop', true),
    ],
  },
};
const withNamespaces = namespacesRead(healthy, ['kube-system', 'default', 'istio-system', 'shop']);
const withoutNamespaces = namespacesRefused(
  placeRemembered(healthy, { namespace: 'team-a', route: undefined, atMs: NOW }),
  {
    kind: 'forbidden',
    headline: "Can't list namespaces: forbidden.",
    nextStep: 'Ask for `list` on namespaces in the cluster.',
  },
);
/** Sampled through a port-forward to one of three gateway pods, because nothing else leads there. */
function withWays(state: AppState): AppState {
  const traffic = observedTraffic(state, 'agrees');
  if (traffic.sampling.kind !== 'sampling') return state;
  const place = 'pod istio-system/istio-ingressgateway-7d8f9c-x2x4q port 8080';
  const way = 'port-forward to a gateway pod';
  const sampling = { ...traffic.sampling, place, way, gatewayPods: { reached: 1, ready: 3 } };
  const tried = (kind: WayKind, result: WayResult, more: Partial<TriedWay> = {}): TriedWay => ({
    kind,
    words: '',
    place: '',
    result,
    isUsed: false,
    ...more,
  });
  const absent = (reason: string) => ({ kind: 'absent', reason }) as const;
  const ways = [
    tried(
      'load-balancer',
      { kind: 'other', what: 'nginx, HTTP 200' },
      {
        words: 'load balancer of Service istio-system/istio-ingressgateway',
        place: 'http://10.0.0.7',
      },
    ),
    tried(
      'minikube-node-port',
      { kind: 'silent', reason: 'no connection in time' },
      {
        words: 'NodePort 31380 of Service istio-system/istio-ingressgateway',
        place: 'http://192.168.49.2:31380',
      },
    ),
    tried('localhost', absent('the cluster does not publish ports on localhost')),
    tried('node-port', absent('the same addresses as those of minikube')),
    tried(
      'minikube-service',
      { kind: 'silent', reason: 'minikube is not on the PATH' },
      {
        words: 'minikube service --url of Service istio-system/istio-ingressgateway',
      },
    ),
    tried('port-forward', { kind: 'envoy' }, { words: 'port-forward to a gateway pod', place, isUsed: true }),
  ];
  return { ...state, traffic: { ...traffic, sampling, ways } };
}

const typedInto = (list: ListId, text: string) => (state: AppState) =>
  applyIntent(
    applyIntent(applyIntent(state, { kind: 'open-list', list }, NOW), { kind: 'start-filter' }, NOW),
    { kind: 'type', text },
    NOW,
  );
const opened = (list: ListId) => (state: AppState) => applyIntent(state, { kind: 'open-list', list }, NOW);
/** After a held key, an outside change and a refusal. */
const withMessages = (
  [
    ['info', 'weights: press 3', 3],
    ['warning', 'you asked 70/30; argocd-controller set 20/80 meanwhile; r asks again', 1],
    [
      'error',
      "Can't patch VirtualService myapp: forbidden. Ask for `patch` on virtualservices in default.",
      1,
    ],
    ['info', 'shifts written to weighbridge-shifts-2026-11-23-06-00-00.json and .md', 1],
  ] as const
).reduce<AppState>(
  (state, [level, text, times], at) =>
    Array.from({ length: times }).reduce<AppState>(
      said => withNotice(said, level, text, NOW - 60_000 + at * 7_000),
      state,
    ),
  healthy,
);
const helpOn = (state: AppState, filter?: string) => {
  const open = applyIntent(state, { kind: 'open-help' }, NOW);
  if (filter === undefined) return open;
  return applyIntent(applyIntent(open, { kind: 'start-filter' }, NOW), { kind: 'type', text: filter }, NOW);
};
const commandTyped = (state: AppState, text: string) =>
  applyIntent(applyIntent(state, { kind: 'open-command-line' }, NOW), { kind: 'type', text }, NOW);
const withHistory = afterShifts(healthy);
/** The history with the row so many below the first one highlighted. */
const withShiftChosen = (below: number): AppState =>
  new Array(below)
    .fill({ kind: 'move-choice', by: 1 })
    .reduce((state, move) => applyIntent(state, move, NOW), opened('shifts')(withHistory));
const withFindings: AppState = {
  ...stateOf('crash-looping', [50, 50]),
  doctor: { checks: someChecks, askedAtMs: 0 },
};
const unheard = stateOf('nothing', []);
const refusedConnection = {
  items: [],
  freshness: {
    kind: 'stale',
    sinceMs: NOW - 12_000,
    error: {
      kind: 'unreachable',
      headline: "Can't list virtualservices: nothing listens at https://192.168.49.2:8443.",
      reason: 'Nothing listens at https://192.168.49.2:8443.',
      nextStep: 'Start the cluster (minikube start), or choose another context.',
    },
  },
} as const;
const crashLooping = stateOf('crash-looping', [50, 50]);

/** Blue and green by the Services that the VirtualService names, with labels longer than those of subsets. */
function withServices(...names: readonly [string, string]): AppState {
  const { applied } = healthy.weights;
  const rename = (destination: RouteDestination, at: number) => {
    const label = names[at] ?? '';
    return { ...destination, host: label, subset: undefined, label };
  };
  const route = applied && { ...applied.route, destinations: applied.route.destinations.map(rename) };
  const services = healthy.cluster.services.items.flatMap(service => [
    { ...service, name: names[0], selector: { ...service.selector, version: 'v1' } },
    { ...service, name: names[1], selector: { ...service.selector, version: 'v2' } },
  ]);
  return {
    ...healthy,
    cluster: { ...healthy.cluster, services: { ...healthy.cluster.services, items: services } },
    weights: { ...healthy.weights, applied: applied && route && { ...applied, route } },
  };
}
const twoServices = withServices('myapp-blue', 'myapp-green');

/** istiod as it is when its process ends again and again. */
const istiodDown: AppState = (() => {
  const { istioPods } = healthy.cluster;
  const crashing = { isReady: false, readyContainers: 0, status: 'CrashLoopBackOff' };
  const items = istioPods.items.map(pod =>
    pod.labels.app === 'istiod' ? { ...pod, ...crashing, why: 'CrashLoopBackOff, 3 restarts: exit 1' } : pod,
  );
  return { ...healthy, cluster: { ...healthy.cluster, istioPods: { ...istioPods, items } } };
})();
const press = (state: AppState, ...intents: readonly Intent[]) =>
  intents.reduce((now, intent) => applyIntent(now, intent, NOW), state);
const healthySeen = { ...healthy, traffic: observedTraffic(healthy, 'agrees') };
/** On a protected context whose first question is answered. */
const onProduction: AppState = (() => {
  const state = stateOf('healthy', [100, 0]);
  return {
    ...state,
    connection: { ...state.connection, context: 'eu-prod', isProtected: true },
    weights: { ...state.weights, granted: ['protected-context'] },
  };
})();
const pressTimes = (state: AppState, times: number, intent: Intent) =>
  press(state, ...new Array<Intent>(times).fill(intent));
const longNames = press(withServices('checkout-of-the-whole-shop-blue', 'checkout-of-the-whole-shop-green'), {
  kind: 'toggle-lock',
});
const threeVersions = stateOf('healthy', [20, 30, 50]);
const nineVersions = stateOf('healthy', [12, 11, 11, 11, 11, 11, 11, 11, 11]);

/** The version that crashes, opened from its row. */
function openDetails(state: AppState): AppState {
  return press(
    state,
    { kind: 'focus', pane: 'versions' },
    { kind: 'move-to-end', end: 'last' },
    { kind: 'accept' },
  );
}

/** As they are read of the fixture's Deployment and pod. */
function withDetails(state: AppState): AppState {
  const objects = fixtureObjects('crash-looping').filter(({ metadata }) =>
    String(metadata.name).includes('v2'),
  );
  const [deployment] = objects.filter(({ kind }) => kind === 'Deployment').map(describeDeployment);
  const [pod] = objects.filter(({ kind }) => kind === 'Pod').map(describePod);
  const event = {
    kind: 'event',
    type: 'Warning',
    reason: 'BackOff',
    from: 'kubelet',
    message: 'Back-off restarting failed container myapp in pod myapp-v2-788c7bb89c-hfg5m_default(q2)',
    count: 9,
    firstAtMs: NOW - 120_000,
    lastAtMs: NOW - 7_000,
  } as const;
  const log = Array.from(
    { length: 12 },
    (_, at) => ({ kind: 'log', text: `starting, try ${at + 1}` }) as const,
  );
  const sections = [
    ...(deployment ?? []),
    ...(pod ?? []).slice(1),
    { heading: 'Events of Pod myapp-v2-788c7bb89c-hfg5m', rows: [event], empty: '' },
    { heading: 'End of the log of myapp', rows: log, empty: '' },
  ];
  return detailsRead(state, { kind: 'version', label: 'v2' }, sections, NOW);
}

/** Of somebody who may read pods, and neither events nor logs. */
function withDetailsForbidden(state: AppState): AppState {
  const [pod] = fixtureObjects('crash-looping')
    .filter(({ kind, metadata }) => kind === 'Pod' && String(metadata.name).includes('v2'))
    .map(describePod);
  const denied = (what: string, right: string) => ({
    kind: 'forbidden' as const,
    headline: `Can't ${what}: forbidden.`,
    nextStep: `Ask for ${right} in namespace default.`,
  });
  const sections = [
    ...(pod ?? []),
    unreadSection('Events of Pod myapp-v2-788c7bb89c-hfg5m', denied('list events', '`list` on events')),
    unreadSection(
      'End of the log of myapp',
      denied('read the log of pod myapp-v2-788c7bb89c-hfg5m', '`get` on pods/log'),
    ),
  ];
  return detailsRead(state, { kind: 'version', label: 'v2' }, sections, NOW);
}

function withDetailsLost(state: AppState): AppState {
  const { error } = refusedConnection.freshness;
  return detailsFailed(withDetails(state), { kind: 'version', label: 'v2' }, error);
}

const situations: readonly (readonly [name: string, state: AppState])[] = [
  ['connecting', stateOf('nothing', [])],
  ['never-connected', { ...unheard, cluster: { ...unheard.cluster, virtualServices: refusedConnection } }],
  ['healthy', { ...healthy, traffic: observedTraffic(healthy, 'agrees') }],
  [
    'settling',
    applyIntent(
      { ...healthy, traffic: observedTraffic(healthy, 'settling') },
      { kind: 'shift', points: 10 },
      NOW,
    ),
  ],
  ['crash-looping', stateOf('crash-looping', [100, 0])],
  [
    'does-not-agree',
    {
      ...stateOf('healthy', [0, 100]),
      traffic: observedTraffic(stateOf('healthy', [0, 100]), 'does-not-agree'),
    },
  ],
  ['no-connection', stateOf('lost', [50, 50])],
  [
    'conflict',
    withNotice(
      healthy,
      'warning',
      'you asked 70/30; argocd-controller set 20/80 meanwhile; r asks again',
      NOW,
    ),
  ],
  ['help', helpOn(healthy)],
  ['help-of-list', helpOn(opened('shifts')(withHistory))],
  ['help-filtered', helpOn(healthy, 'ns')],
  ['help-none-left', helpOn(healthy, 'xyzzy')],
  ['help-read-only', helpOn({ ...healthy, connection: { ...healthy.connection, isReadOnly: true } })],
  ['question', applyIntent(stateOf('crash-looping', [100, 0]), { kind: 'shift', points: 10 }, NOW)],
  [
    'prompt',
    applyIntent(applyIntent(healthy, { kind: 'enter-weight' }, NOW), { kind: 'type', text: '137' }, NOW),
  ],
  [
    'routes',
    applyIntent(
      applyIntent(crowded, { kind: 'open-list', list: 'routes' }, NOW),
      { kind: 'move-choice', by: 1 },
      NOW,
    ),
  ],
  ['routes-filtered', typedInto('routes', 'shop 1')(crowded)],
  ['routes-none-left', typedInto('routes', 'nothing')(crowded)],
  ['findings', applyIntent(withFindings, { kind: 'open-list', list: 'findings' }, NOW)],
  [
    'finding',
    applyIntent(
      applyIntent(withFindings, { kind: 'open-list', list: 'findings' }, NOW),
      { kind: 'accept' },
      NOW,
    ),
  ],
  ['found', withFindings],
  [
    'forbidden-parts',
    forbidden(healthy, {
      nodes: 'Ask for `list` on nodes in the cluster.',
      pods: 'Ask for `list` on pods in namespace default.',
    }),
  ],
  [
    'forbidden-services',
    forbidden(healthy, {
      istioPods: 'Ask for `list` on pods in namespace istio-system.',
      services: 'Ask for `list` on services in namespace default.',
    }),
  ],
  ['contexts', applyIntent(inThreeContexts, { kind: 'open-list', list: 'contexts' }, NOW)],
  ['contexts-filtered', typedInto('contexts', 'prod')(inThreeContexts)],
  ['moving', applyIntent(typedInto('contexts', 'prod')(inThreeContexts), { kind: 'submit' }, NOW)],
  [
    'moved',
    placeLeft(applyIntent(typedInto('contexts', 'prod')(inThreeContexts), { kind: 'submit' }, NOW), NOW),
  ],
  ['protected', { ...healthy, connection: { ...healthy.connection, context: 'eu-prod', isProtected: true } }],
  ['command-line', applyIntent(inThreeContexts, { kind: 'open-command-line' }, NOW)],
  ['command-proposed', commandTyped(inThreeContexts, 'ctx s')],
  ['command-problem', applyIntent(commandTyped(inThreeContexts, 'ctx stagin'), { kind: 'submit' }, NOW)],
  ['command-over-list', commandTyped(opened('contexts')(inThreeContexts), 'rate')],
  ['messages', opened('messages')(withMessages)],
  ['messages-empty', opened('messages')(healthy)],
  ['messages-filtered', typedInto('messages', 'argocd')(withMessages)],
  ['copies', applyIntent(withWays(healthy), { kind: 'copy' }, NOW)],
  [
    'copies-with-gateway',
    applyIntent({ ...healthy, traffic: observedTraffic(healthy, 'agrees') }, { kind: 'copy' }, NOW),
  ],
  ['namespaces', applyIntent(withNamespaces, { kind: 'open-list', list: 'namespaces' }, NOW)],
  ['namespaces-refused', typedInto('namespaces', 'team-b')(withoutNamespaces)],
  ['ways', applyIntent(withWays(healthy), { kind: 'open-ways' }, NOW)],
  ['history', opened('shifts')(withHistory)],
  ['history-empty', opened('shifts')(healthy)],
  [
    'history-filtered',
    applyIntent(typedInto('shifts', '50 agree')(withHistory), { kind: 'move-choice', by: 1 }, NOW),
  ],
  ['shift', applyIntent(withShiftChosen(4), { kind: 'accept' }, NOW)],
  ['five-versions', stateOf('healthy', [10, 20, 30, 25, 15])],
  ['two-services', twoServices],
  ['long-names', longNames],
  ['istiod-down', { ...istiodDown, traffic: observedTraffic(istiodDown, 'agrees') }],
  ['shares', stateOf('healthy', [1, 2])],
  ['refused-weights', withRivals(stateOf('healthy', [0, 0]))],
  ['prompt-preview', press(threeVersions, { kind: 'enter-weight' }, { kind: 'type', text: '20' })],
  [
    'prompt-refused',
    press(threeVersions, { kind: 'toggle-lock' }, { kind: 'enter-weight' }, { kind: 'type', text: '20' }),
  ],
  ['jump-question', pressTimes(onProduction, 6, { kind: 'shift', points: 10 })],
  ['zoomed-weights', press(healthySeen, { kind: 'zoom' })],
  ['zoomed-responses', press(healthySeen, { kind: 'focus', pane: 'responses' }, { kind: 'zoom' })],
  ['zoomed-versions', press(crashLooping, { kind: 'focus', pane: 'versions' }, { kind: 'zoom' })],
  [
    'zoomed-question',
    press(stateOf('crash-looping', [100, 0]), { kind: 'zoom' }, { kind: 'shift', points: 10 }),
  ],
  ['health-focused', press(istiodDown, { kind: 'focus', pane: 'health' }, { kind: 'move-choice', by: 1 })],
  [
    'versions-scrolled',
    press(nineVersions, { kind: 'focus', pane: 'versions' }, { kind: 'move-page', by: 1 }),
  ],
  [
    'versions-filtered',
    press(
      nineVersions,
      { kind: 'focus', pane: 'versions' },
      { kind: 'start-filter' },
      { kind: 'type', text: 'v3' },
    ),
  ],
  [
    'versions-none-left',
    press(
      nineVersions,
      { kind: 'focus', pane: 'versions' },
      { kind: 'start-filter' },
      { kind: 'type', text: 'blue' },
      { kind: 'submit' },
    ),
  ],
  ['details-reading', openDetails(crashLooping)],
  ['details', withDetails(openDetails(crashLooping))],
  ['details-scrolled', press(withDetails(openDetails(crashLooping)), { kind: 'move-page', by: 1 })],
  ['details-forbidden', withDetailsForbidden(openDetails(crashLooping))],
  ['details-lost', withDetailsLost(openDetails(crashLooping))],
  ['unverified', { ...healthy, connection: { ...healthy.connection, isUnverified: true } }],
  ['hostile', stateOf('hostile', [50, 50])],
];

describe.each([
  [80, 24],
  [120, 40],
])('the screen at %ix%i', (columns, rows) => {
  it.each(situations)('%s', async (name, state) => {
    await expect(frame(sized(state, columns, rows))).toMatchFileSnapshot(
      golden(`${name}-${columns}x${rows}`),
    );
  });
});

it.each([
  [100, 30],
  [200, 60],
  [300, 20],
  [60, 100],
])('arranges the panes at %ix%i', async (columns, rows) => {
  await expect(frame(sized(healthySeen, columns, rows))).toMatchFileSnapshot(
    golden(`healthy-${columns}x${rows}`),
  );
});

it.each([
  ['healthy', healthy],
  ['crash-looping', { ...crashLooping, traffic: observedTraffic(crashLooping, 'does-not-agree') }],
  ['two-services', twoServices],
])('keeps every pane at the smallest size: %s', async (name, state) => {
  await expect(frame(sized(state, 60, 16))).toMatchFileSnapshot(golden(`${name}-60x16`));
});

it.each([
  ['a question', 'question'],
  ['a prompt', 'prompt'],
])('leaves %s its buttons or its line where there is least room', (_what, name) => {
  const open = situations.find(([situation]) => situation === name)?.[1] ?? healthy;
  const tenVersions = stateOf('healthy', new Array(10).fill(10));
  const crowded = { ...tenVersions, ui: { ...tenVersions.ui, overlay: open.ui.overlay } };
  for (const drawn of [frame(sized(open, 60, 16)), frame(sized(crowded, 80, 24))]) {
    expect(drawn).toContain(name === 'question' ? '[ Cancel ]' : '> 137');
  }
});

it('says what it needs below that', async () => {
  await expect(frame(sized(healthy, 50, 10))).toMatchFileSnapshot(golden('too-small-50x10'));
});

it('is ASCII, but for the ellipsis of Ink, where the locale has no more', () => {
  const ascii = {
    ...healthy,
    ui: { ...healthy.ui, isUnicode: false },
    traffic: observedTraffic(healthy, 'agrees'),
  };
  expect(frame(ascii)).toMatch(/^[\x20-\x7e\n…]*$/);
});

it('shows nothing of the cluster that a terminal would act on', () => {
  expect(frame(stateOf('hostile', [50, 50]))).not.toMatch(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
  );
});

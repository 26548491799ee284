import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { clusterChecks } from '../../src/kube/checks.ts';
import { patientApi } from '../../src/kube/patient-api.ts';
import { accessAnswered, currentAnswers } from '../../src/session/access.ts';
import { routeChosen } from '../../src/session/applied.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { examine, type Report } from '../../src/session/doctor.ts';
import { examined, examinedSubject } from '../../src/session/findings.ts';
import { FindingsLoop } from '../../src/session/findings-loop.ts';
import { type AppState, initialState, type Sampling } from '../../src/session/state.ts';
import { type AppStore, createAppStore } from '../../src/session/store.ts';
import { clientBefore } from '../support/answering-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aVirtualService } from '../support/objects.ts';

const T = 1_000_000;
const SCREEN = { columns: 80, rows: 24, isUnicode: true };

function chosen(state: AppState, name = 'myapp'): AppState {
  const virtualService = { ...aVirtualService([50, 50]), name };
  const [route] = virtualService.routes;
  if (!route) throw new Error('no route');
  const virtualServices = { items: [virtualService], freshness: { kind: 'live' } } as const;
  return routeChosen({ ...state, cluster: { ...state.cluster, virtualServices } }, virtualService, route);
}

const start = chosen(initialState(T, SCREEN));

describe('what is known of findings', () => {
  it('says nothing about the VirtualService that is chosen next, and outlives a route that is found again', () => {
    const known = examined(start, clusterChecks(NOTHING_READ));
    expect(known.doctor.checks).toBeDefined();
    expect(chosen(known).doctor.checks).toBe(known.doctor.checks);
    expect(chosen(known, 'another').doctor.checks).toBeUndefined();
  });

  it('leaves out a right that was refused for a VirtualService that is no longer chosen', () => {
    const question = {
      verb: 'patch',
      group: 'networking.istio.io',
      resource: 'virtualservices',
      namespace: 'default',
      name: 'myapp',
    };
    const refused = accessAnswered(start, [{ question, isGranted: false }]);
    expect(currentAnswers(refused)).toEqual([{ question, isGranted: false }]);
    expect(currentAnswers(chosen(refused, 'another'))).toEqual([]);
  });

  it('is looked at again for everything that it follows from, and not for a shift', () => {
    const granted = accessAnswered(start, [{ question: PORT_FORWARD, isGranted: true }]);
    const refused = accessAnswered(start, [{ question: PORT_FORWARD, isGranted: false }]);
    const by = (sampling: Sampling) => ({ ...start, traffic: { ...start.traffic, sampling } });
    const [one] = start.cluster.virtualServices.items;
    if (!one) throw new Error('no VirtualService');
    const beside = (virtualService: typeof one) => {
      const items = [one, virtualService];
      const virtualServices = { ...start.cluster.virtualServices, items };
      return { ...start, cluster: { ...start.cluster, virtualServices } };
    };
    const rival = { ...one, name: 'rival' };
    const others = [
      start,
      granted,
      refused,
      by(SAMPLING),
      by({ ...SAMPLING, reached: 'other' }),
      by({ ...SAMPLING, place: 'http://10.0.0.2' }),
      beside(rival),
      beside({ ...rival, hosts: ['other.example'] }),
      beside({ ...rival, gateways: ['another-gateway'] }),
    ].map(examinedSubject);
    expect(new Set(others).size).toBe(others.length);
    const shifted = { ...aVirtualService([10, 90]), name: 'rival' };
    expect(examinedSubject(beside(shifted))).toBe(examinedSubject(beside(rival)));
    expect(examinedSubject(by({ ...SAMPLING, identification: 'otherwise' }))).toBe(
      examinedSubject(by(SAMPLING)),
    );
  });
});

describe('a cluster in which something changes all the time', () => {
  let clock: ManualClock;
  let store: AppStore;
  let examinations: number;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    examinations = 0;
    const { api, close } = await clientBefore((request, response) => {
      if (request.url === '/version') examinations += 1;
      response.writeHead(404).end(JSON.stringify({ kind: 'Status', code: 404 }));
    });
    clock = new ManualClock(T);
    store = createAppStore(T, SCREEN);
    store.setState(chosen, true);
    const controller = new AbortController();
    const run = new FindingsLoop(api, store, clock, controller.signal).run();
    stop = async () => {
      controller.abort();
      await run;
      await close();
    };
    await expect.poll(() => store.getState().doctor.checks).toBeDefined();
  });
  afterEach(() => stop());

  /** A pod of Istio's that is another one each second. */
  const unrestFor = async (seconds: number) => {
    const before = examinations;
    for (let second = 0; second < seconds; second += 1) {
      await expect.poll(() => clock.pendingAlarms).toBe(1);
      store.setState(({ cluster }) => {
        const route = { ...aVirtualService([50, 50]), hosts: [`${clock.now()}.example`] };
        const virtualServices = { items: [route], freshness: { kind: 'live' } } as const;
        return { cluster: { ...cluster, virtualServices } };
      });
      clock.advance(1_000);
    }
    return examinations - before;
  };

  it('is examined soon at first, then about once a minute', async () => {
    expect(await unrestFor(20)).toBeGreaterThanOrEqual(1);
    await unrestFor(120);
    const inTenMinutes = await unrestFor(600);
    expect(inTenMinutes).toBeGreaterThanOrEqual(8);
    expect(inTenMinutes).toBeLessThanOrEqual(11);
  });

  it('is examined every few seconds while somebody looks at the findings', async () => {
    await unrestFor(200);
    store.setState(state => applyIntent(state, { kind: 'open-list', list: 'findings' }, clock.now()), true);
    expect(await unrestFor(60)).toBeGreaterThanOrEqual(8);
  });
});

it('asks no further of a server that asks for fewer requests', async () => {
  let asked = 0;
  const { api, close } = await clientBefore((request, response) => {
    const isBusy = request.url !== '/version';
    if (isBusy) asked += 1;
    response.writeHead(isBusy ? 429 : 200).end(JSON.stringify({ kind: 'Status', code: 429 }));
  });
  onTestFinished(close);
  const clock = new ManualClock(T);
  const nobody = { answers: async () => [], reachGateway: async () => undefined };
  const examination = {
    ...initialState(T, SCREEN).connection,
    namespace: 'default',
    virtualService: 'myapp',
  };
  const examining = examine(patientApi(api, clock), examination, nobody, new AbortController().signal);
  let report: Report | undefined;
  void examining.then(done => {
    report = done;
  });
  await expect
    .poll(() => {
      clock.advance(3_000);
      return report;
    })
    .toMatchObject({ isComplete: false, checks: [{ findings: [{ code: 'WB0001' }] }] });
  // Istio's version and the nodes, each a few times.
  expect(asked).toBeLessThanOrEqual(10);
});

const PORT_FORWARD = {
  verb: 'create',
  group: '',
  resource: 'pods',
  subresource: 'portforward',
  namespace: 'default',
};

const SAMPLING = {
  kind: 'sampling',
  place: 'http://10.0.0.1',
  way: 'LoadBalancer',
  reached: 'envoy',
  gatewayPods: 'unknown',
  identification: 'told apart by a header',
  canTellApart: true,
} as const;

const NOTHING_READ = {
  istioNamespace: 'istio-system',
  nodes: undefined,
  istioPods: undefined,
  services: undefined,
  pods: undefined,
  gateways: undefined,
  gatewayPods: undefined,
  gatewayServices: undefined,
  deployments: undefined,
  destinationRules: undefined,
  serviceEntryHosts: undefined,
  virtualServices: undefined,
  namespaces: undefined,
  warningEvents: [],
};

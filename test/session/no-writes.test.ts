import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { keymap } from '../../src/components/keymap.ts';
import { type AuditEntry, type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi, Collection } from '../../src/kube/cluster-api.ts';
import type { Outcome } from '../../src/kube/cluster-error.ts';
import { type KubeObject, readMetadata } from '../../src/kube/metadata.ts';
import { patientApi } from '../../src/kube/patient-api.ts';
import type { Intent } from '../../src/session/intents.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState, Shift } from '../../src/session/state.ts';
import { PANES } from '../../src/session/ui-state.ts';
import { connectTo, type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';

/** Every kind of intent in the forms that could lead to a write: one that is missing here does not compile. */
const EVERY_INTENT: Readonly<Record<Intent['kind'], readonly Intent[]>> = {
  shift: [10, -10, 1, -1].map(points => ({ kind: 'shift', points })),
  'set-to': [0, 37, 100].map(weight => ({ kind: 'set-to', weight })),
  'split-evenly': [{ kind: 'split-evenly' }],
  'set-split': [{ kind: 'set-split', weights: [20, 80] }],
  'select-version': [{ kind: 'select-version', by: -1 }],
  'toggle-lock': [{ kind: 'toggle-lock' }, { kind: 'toggle-lock' }],
  undo: [{ kind: 'undo' }],
  redo: [{ kind: 'redo' }],
  'back-to-good': [{ kind: 'back-to-good' }],
  'ask-again': [{ kind: 'ask-again' }],
  'override-owner': [{ kind: 'override-owner' }],
  'enter-weight': [{ kind: 'enter-weight' }],
  focus: PANES.map(pane => ({ kind: 'focus', pane })),
  'focus-next': [{ kind: 'focus-next', by: 1 }],
  zoom: [{ kind: 'zoom' }, { kind: 'zoom' }],
  'open-help': [{ kind: 'open-help' }],
  'open-list': [{ kind: 'open-list', list: 'routes' }],
  'open-ways': [{ kind: 'open-ways' }],
  'refresh-details': [{ kind: 'refresh-details' }],
  'close-overlay': [{ kind: 'close-overlay' }],
  'move-choice': [{ kind: 'move-choice', by: 1 }],
  'move-page': [{ kind: 'move-page', by: 1 }],
  'move-to-end': [{ kind: 'move-to-end', end: 'last' }],
  'start-filter': [{ kind: 'start-filter' }],
  'open-command-line': [{ kind: 'open-command-line' }, { kind: 'close-overlay' }],
  complete: [{ kind: 'complete' }],
  'go-to-namespace': [{ kind: 'go-to-namespace', namespace: 'default' }],
  'go-to-context': [{ kind: 'go-to-context', context: 'nowhere' }],
  'choose-virtual-service': [{ kind: 'choose-virtual-service', name: 'myapp' }],
  accept: [{ kind: 'accept' }],
  type: [{ kind: 'type', text: '37\r' }],
  'edit-line': [{ kind: 'edit-line', edit: 'start' }],
  paste: [{ kind: 'paste', text: '37\r' }],
  submit: [{ kind: 'submit' }],
  'pause-sampling': [{ kind: 'pause-sampling' }, { kind: 'pause-sampling' }],
  'set-theme': [{ kind: 'set-theme', theme: 'mono' }],
  'scale-chart': [{ kind: 'scale-chart', by: 1 }],
  'freeze-chart': [{ kind: 'freeze-chart' }],
  'clear-chart': [{ kind: 'clear-chart' }],
  'set-rate': [{ kind: 'set-rate', ratePerSecond: 5 }],
  'export-shifts': [{ kind: 'export-shifts' }],
  suspend: [{ kind: 'suspend' }],
  copy: [{ kind: 'copy' }, { kind: 'close-overlay' }],
  'no-arrows-here': [{ kind: 'no-arrows-here' }],
  'toggle-tutorial': [{ kind: 'toggle-tutorial' }, { kind: 'toggle-tutorial' }],
  'run-step': [{ kind: 'run-step' }, { kind: 'move-choice', by: 1 }, { kind: 'accept' }],
  'take-offer': [{ kind: 'take-offer' }, { kind: 'move-choice', by: 1 }, { kind: 'accept' }],
  'skip-step': [{ kind: 'skip-step' }],
  'look-at-step': [{ kind: 'look-at-step', by: -1 }],
  'open-browser': [{ kind: 'open-browser' }],
  'cancel-step': [{ kind: 'cancel-step' }],
  quit: [{ kind: 'quit' }],
};

/** The ways in which a person gets at a write, each as keys one after the other. */
const WRITE_PATHS: readonly (readonly [path: string, keys: readonly Intent[]])[] = [
  ...Object.entries(EVERY_INTENT)
    .filter(([kind]) => kind !== 'quit')
    .map(([kind, intents]) => [kind, intents] as const),
  ['every key of the key map', keymap.map(({ intent }) => intent).filter(({ kind }) => kind !== 'quit')],
  ['a weight that is typed', prompt({ kind: 'type', text: '37' }, { kind: 'submit' })],
  ['a weight that is typed in one chunk', prompt({ kind: 'type', text: '37\r' })],
  ['a weight that is pasted', prompt({ kind: 'paste', text: '37\n' }, { kind: 'submit' })],
  ['w, enter, and a shift', [{ kind: 'override-owner' }, { kind: 'accept' }, { kind: 'shift', points: 10 }]],
];

function prompt(...keys: readonly Intent[]): readonly Intent[] {
  return [{ kind: 'focus', pane: 'weights' }, { kind: 'enter-weight' }, ...keys];
}

const CONFIRMED_OVERRIDE: readonly Intent[] = [
  { kind: 'override-owner' },
  { kind: 'move-choice', by: 1 },
  { kind: 'accept' },
];

const aShift: Shift = {
  id: 1,
  from: [70, 30],
  to: [50, 50],
  accepted: [50, 50],
  firstKeyAtMs: 0,
  lastKeyAtMs: 0,
};

/** As after some work: there is something to undo, to redo, to ask again and to go back to, and nothing is open. */
function afterSomeWork(state: AppState): AppState {
  const weights = {
    ...state.weights,
    undo: [aShift],
    redo: [{ ...aShift, id: 2, to: [30, 70] }],
    refusedAsk: [20, 80],
    refusedRunAtMs: undefined,
    lastGood: [100, 0],
    selected: 1,
    locked: [],
  };
  return { ...state, weights, ui: { ...state.ui, focus: 'weights', overlay: { kind: 'none' } } };
}

/** Requests that change something; asking what one may do is a POST that does not. */
const isWriteRequest = ({ method, path }: AuditEntry) =>
  method !== 'GET' && !path.startsWith('/apis/authorization.k8s.io/');

const SITUATIONS = [
  { name: '--read-only', scenario: 'healthy', isReadOnly: true },
  { name: 'forbidden', scenario: 'forbidden', isReadOnly: false },
  { name: 'argo-owned', scenario: 'argo-owned', isReadOnly: false },
] as const;

describe.each(SITUATIONS)('under $name', ({ scenario, isReadOnly }) => {
  const audit: AuditEntry[] = [];
  let demo: DemoCluster;
  let session: DemoSession;

  beforeAll(async () => {
    demo = await startDemoCluster({ manifestsFolder, scenario, audit: entry => audit.push(entry) });
    session = await startDemoSession({
      demo,
      prepare: state => ({ ...state, connection: { ...state.connection, isReadOnly } }),
    });
    // With every pod ready there is no question in the way of a write.
    const isAnswered = (state: AppState) =>
      versions(state).length === 2 &&
      versions(state).every(({ readyPods }) => readyPods > 0) &&
      state.access.answers.some(
        ({ question }) =>
          question.verb === 'patch' && state.target.kind === 'chosen' && question.name === state.target.name,
      );
    await session.until(isAnswered);
  });
  afterAll(() => demo.stop());

  /** Presses, lets whatever was started get to the server, and counts what arrived there. */
  const writesAfter = async (act: () => void): Promise<number> => {
    const before = audit.filter(isWriteRequest).length;
    session.store.setState(afterSomeWork, true);
    act();
    // A patch may have to wait for its turn: until then requested is not what is applied.
    await session.idle();
    return audit.filter(isWriteRequest).length - before;
  };

  it.each(WRITE_PATHS)('%s reaches the server with no write', async (_path, keys) => {
    expect(await writesAfter(() => session.press(...keys))).toBe(0);
    expect(session.store.getState().weights.requested).toEqual([50, 50]);
  });

  it('weights that are requested past every key are stopped where writes leave the process', async () => {
    const request = (weights: readonly number[]) =>
      session.store.setState(state => ({ ...state, weights: { ...state.weights, requested: weights } }));
    expect(await writesAfter(() => request([10, 90]))).toBe(0);
    const { weights, notices } = session.store.getState();
    expect(weights.requested).toEqual([50, 50]);
    expect(notices.at(-1)?.text).toMatch(/^Can't patch VirtualService myapp: read-only: .*you asked 10\/90/);
  });

  it('an owner that is overridden changes nothing but for the owner', async () => {
    const isOwned = scenario === 'argo-owned';
    const writes = await writesAfter(() =>
      session.press(...CONFIRMED_OVERRIDE, { kind: 'shift', points: 10 }),
    );
    // The count of this test can be other than 0: this is the write that somebody confirmed.
    expect(writes).toBe(isOwned ? 1 : 0);
  });

  it('quitting with weights pending sends none', async () => {
    // The confirmed override of the test before is over.
    session.store.setState(state => ({ ...state, weights: { ...state.weights, granted: [] } }));
    const pending = await writesAfter(() => {
      session.store.setState(state => ({ ...state, weights: { ...state.weights, requested: [5, 95] } }));
      session.press({ kind: 'quit' });
    });
    expect(pending).toBe(0);
    await session.until(({ run }) => run.kind === 'ended');
    await session.stop();
    expect(audit.filter(isWriteRequest)).toHaveLength(scenario === 'argo-owned' ? 1 : 0);
    // The audit does hear of what the session asks.
    expect(audit.filter(({ method }) => method === 'POST').length).toBeGreaterThan(0);
  });
});

describe('the gate where writes leave the process', () => {
  const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'myapp' }, spec: {} };
  const read = { ...readMetadata(service), uid: 'u', resourceVersion: '1' };
  const signal = new AbortController().signal;
  const services: Collection = { group: '', version: 'v1', plural: 'services', namespace: 'default' };

  /** Every method of the client that changes the cluster. */
  const WRITES: readonly (readonly [string, (api: ClusterApi) => Promise<Outcome<unknown>>])[] = [
    ['patch', api => api.patch(services, 'myapp', [{ op: 'remove', path: '/spec/selector' }], signal)],
    ['apply', api => api.apply(services, service, signal)],
    ['delete', api => api.delete(services, read, signal)],
  ];

  it.each(WRITES)('refuses to %s, with the reason', async (doing, write) => {
    const audit: AuditEntry[] = [];
    const demo = await startDemoCluster({ manifestsFolder, audit: entry => audit.push(entry) });
    const client = await connectTo(demo, () => 'read-only');
    onTestFinished(async () => {
      await client.close();
      await demo.stop();
    });
    const refused = await write(patientApi(client.api, systemClock));
    const headline = `Can't ${doing} Service myapp: read-only.`;
    expect(refused).toMatchObject({ ok: false, error: { kind: 'read-only' } });
    expect(refused.ok ? '' : refused.error.headline).toBe(headline);
    // The audit does hear of what the client asks.
    await client.api.list(services, signal);
    expect(audit.map(({ method }) => method)).toEqual(['GET']);
  });
});

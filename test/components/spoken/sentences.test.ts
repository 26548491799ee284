import { describe, expect, it } from 'vitest';
import { sentencesBetween } from '../../../src/components/spoken/sentences.ts';
import { applyIntent } from '../../../src/session/apply-intent.ts';
import type { Intent } from '../../../src/session/intents.ts';
import { withNotice } from '../../../src/session/notices.ts';
import type { AppState } from '../../../src/session/state.ts';
import { NOW, observedTraffic, stateOf } from '../../support/states.ts';
import { installed, onDemo } from '../../support/tutorial-states.ts';

const nothing = stateOf('nothing', []);
const healthy = stateOf('healthy', [50, 50]);
const crashLooping = stateOf('crash-looping', [50, 50]);
const lost = stateOf('lost', [50, 50]);
const agreeing: AppState = { ...healthy, traffic: observedTraffic(healthy, 'agrees') };

const pressed = (state: AppState, ...intents: readonly Intent[]) =>
  intents.reduce((before, intent) => applyIntent(before, intent, NOW), state);
const typed = (text: string): Intent => ({ kind: 'type', text });

const applied = (state: AppState, weights: readonly number[]): AppState => ({
  ...state,
  weights: {
    ...state.weights,
    requested: weights,
    applied: state.weights.applied && { ...state.weights.applied, weights },
  },
});

/** Numbers of an observer that goes on: more samples, other latencies, a share a little beside the one before. */
function alittleLater(state: AppState): AppState {
  const { observed } = state.traffic;
  if (!observed) return state;
  const versions = observed.versions.map(version => ({ ...version, share: (version.share ?? 0) + 0.01 }));
  const latency = observed.latency && { ...observed.latency, p50Ms: 17, p99Ms: 180 };
  const verdict =
    observed.verdict.kind === 'agrees'
      ? { ...observed.verdict, samples: observed.verdict.samples + 20 }
      : observed.verdict;
  return {
    ...state,
    now: state.now + 1_000,
    traffic: {
      ...state.traffic,
      observed: { ...observed, versions, latency, verdict },
      observedAtMs: state.now + 1_000,
    },
  };
}

const cases: readonly (readonly [
  what: string,
  before: AppState,
  after: AppState,
  said: readonly string[],
])[] = [
  [
    'where it is, once that is known, and what is there',
    nothing,
    healthy,
    [
      'Context minikube, namespace default, VirtualService myapp.',
      'Connected.',
      'Applied: v1 50, v2 50.',
      'Ok: node minikube, Ready.',
      'Ok: istiod, 1/1, Running.',
      'Ok: ingressgateway, 1/1, Running.',
      'Ok: v1, 1 of 1 ready, janakiramm/myapp:v1.',
      'Ok: v2, 1 of 1 ready, janakiramm/myapp:v2.',
    ],
  ],
  ['nothing of numbers that move by themselves', agreeing, alittleLater(agreeing), []],
  [
    'a weight that is asked for',
    healthy,
    pressed(healthy, { kind: 'shift', points: 10 }),
    ['Requested: v1 40, v2 60.'],
  ],
  ['a weight that is applied', healthy, applied(healthy, [40, 60]), ['Applied: v1 40, v2 60.']],
  [
    'what is applied before what is asked for beyond it',
    healthy,
    pressed(applied(healthy, [40, 60]), { kind: 'shift', points: 10 }),
    ['Applied: v1 40, v2 60.', 'Requested: v1 30, v2 70.'],
  ],
  [
    'a verdict, when there is one',
    { ...healthy, traffic: { ...agreeing.traffic, observed: undefined } },
    agreeing,
    [
      'Ok: agrees: 1195 samples, within 2.8 points.',
      'Last shift: key to traffic 211 ms, 0 of 1199 failed (below 0.25 %).',
    ],
  ],
  [
    'that a version is no longer ready, and why',
    healthy,
    { ...healthy, cluster: { ...healthy.cluster, pods: crashLooping.cluster.pods } },
    [
      'Failing: v2, 0 of 1 ready, janakiramm/myapp:v2, CrashLoopBackOff, 4 restarts: exit 1.',
      'Warning: no ready pod in v2: requests for it fail; d says more',
    ],
  ],
  [
    'that the connection is lost, and what to do',
    healthy,
    lost,
    [
      'No connection: Nothing listens at https://192.168.49.2:8443. Start the cluster (minikube start), or choose another context.',
    ],
  ],
  ['that it is there again', lost, healthy, ['Connected again.']],
  [
    'each notice with its level',
    healthy,
    withNotice(withNotice(healthy, 'warning', 'argocd set 20/80', NOW), 'error', "Can't patch", NOW),
    ['Warning: argocd set 20/80', "Error: Can't patch"],
  ],
  [
    'of a notice that is given again only that one, and of those before it nothing',
    withNotice(withNotice(healthy, 'warning', 'argocd set 20/80', NOW), 'info', 'weights: press 3', NOW),
    withNotice(
      withNotice(withNotice(healthy, 'warning', 'argocd set 20/80', NOW), 'info', 'weights: press 3', NOW),
      'info',
      'weights: press 3',
      NOW + 1_000,
    ),
    ['Weights: press 3'],
  ],
  [
    'a pane that is focused, in full',
    agreeing,
    pressed(agreeing, { kind: 'focus', pane: 'health' }),
    [
      'Health.',
      'Ok: node minikube, Ready.',
      'Ok: istiod, 1/1, Running.',
      'Ok: ingressgateway, 1/1, Running.',
    ],
  ],
  [
    'which version is selected, and which is locked',
    healthy,
    pressed(healthy, { kind: 'select-version', by: -1 }, { kind: 'toggle-lock' }),
    ['Selected: v1.', 'Locked: v1.'],
  ],
  [
    'a question, its detail and the button that is focused',
    crashLooping,
    pressed(applied(crashLooping, [100, 0]), { kind: 'shift', points: 10 }),
    [
      'Applied: v1 100, v2 0.',
      'Send traffic to v2, which has no ready pod?',
      '100/0 becomes 90/10. Its share will be answered 503. CrashLoopBackOff, 4 restarts: exit 1.',
      'Button Cancel; tab moves, enter accepts, escape cancels.',
    ],
  ],
  [
    'a list by its title and its highlighted row',
    healthy,
    pressed(healthy, { kind: 'open-list', list: 'routes' }),
    [
      'Which VirtualService?',
      '1 row; up and down move, enter takes, slash filters.',
      '1 of 1, current: myapp, route http 1, weights v1 50, v2 50, hosts *, gateways app-gateway.',
    ],
  ],
  [
    'what is typed, and what is wrong with it',
    pressed(healthy, { kind: 'enter-weight' }),
    pressed(healthy, { kind: 'enter-weight' }, typed('137')),
    ['137', 'Warning: a whole number from 0 to 100'],
  ],
  [
    'a command that is typed, and what fits it',
    pressed(healthy, { kind: 'open-command-line' }),
    pressed(healthy, { kind: 'open-command-line' }, typed('the')),
    ['the', 'Fits: theme.'],
  ],
  [
    'the row that is moved to',
    pressed(healthy, { kind: 'focus', pane: 'health' }),
    pressed(healthy, { kind: 'focus', pane: 'health' }, { kind: 'move-choice', by: 1 }),
    ['pod istio-system/istiod-57c6ff7479-pw2pr, 1.30.3, Running.'],
  ],
  [
    'where samples go, once',
    healthy,
    { ...healthy, traffic: { ...healthy.traffic, sampling: agreeing.traffic.sampling } },
    [
      'Nothing is observed yet.',
      'Sampling http://192.168.49.2:31380 (NodePort 31380 of Service istio-system/istio-ingressgateway); v1 and v2 differ in their bodies',
    ],
  ],
  [
    'that an overlay is closed',
    pressed(healthy, { kind: 'enter-weight' }),
    pressed(healthy, { kind: 'enter-weight' }, { kind: 'close-overlay' }),
    ['Closed.'],
  ],
];

describe('what is said of a change', () => {
  it.each(cases)('says %s', (_what, before, after, said) => {
    expect(sentencesBetween(before, after)).toEqual(said);
  });

  it.each(cases)('says nothing where nothing changed: %s', (_what, _before, after) => {
    expect(sentencesBetween(after, after)).toEqual([]);
    expect(sentencesBetween(after, { ...after })).toEqual([]);
  });

  it('says the help in full, with each key that does nothing now and why', () => {
    const said = sentencesBetween(healthy, pressed(healthy, { kind: 'open-help' }));
    expect(said.length).toBeGreaterThan(40);
    expect(said.join('\n')).toMatch(/^q, send what is still asked for, then quit/m);
    expect(said.filter(line => /[│╭╰✓✗▸]/.test(line))).toEqual([]);
  });

  it('reads the step of the tutorial that is looked at, what is new of it, and nothing of numbers that move', () => {
    const open = onDemo(installed.objects.length);
    const opened = sentencesBetween(healthy, open);
    expect(opened).toContain('Tutorial.');
    expect(opened.join('\n')).toMatch(/^Step \d, /m);
    const seen = (samples: number): AppState => {
      const traffic = observedTraffic(open, 'settling');
      const { observed } = traffic;
      const verdict = { kind: 'needs-more', about: 900 - samples, samples, unattributed: 0 } as const;
      return { ...open, traffic: { ...traffic, observed: observed && { ...observed, verdict } } };
    };
    expect(sentencesBetween(healthy, seen(60)).join('\n')).toMatch(/needs about 840 more samples/);
    expect(sentencesBetween(seen(60), { ...seen(80), tutorial: { ...open.tutorial } })).toEqual([]);
    expect(sentencesBetween(open, pressed(open, { kind: 'toggle-tutorial' }))).toContain('Tutorial closed.');
  });

  it('never says an escape sequence, whatever a cluster sends', () => {
    const hostile = stateOf('hostile', [50, 50]);
    const said = [
      ...sentencesBetween(nothing, hostile),
      ...(['health', 'versions', 'weights', 'responses'] as const).flatMap(pane =>
        sentencesBetween(
          { ...hostile, ui: { ...hostile.ui, focus: pane === 'health' ? 'weights' : 'health' } },
          {
            ...hostile,
            ui: { ...hostile.ui, focus: pane },
          },
        ),
      ),
    ];
    expect(said.length).toBeGreaterThan(8);
    expect(said.join('\n')).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
    );
  });
});

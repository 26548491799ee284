import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppState } from '../../src/session/state.ts';
import { splitProved, stepRuns, withTutorial } from '../../src/session/tutorial-panel.ts';
import type { Machine } from '../../src/tutorial/facts.ts';
import type { StepId } from '../../src/tutorial/step.ts';
import { afterEvent, endedRun, type RunEvent, startedRun } from '../../src/tutorial/step-run.ts';
import { drawnFrame, sized } from '../support/drawn-frame.tsx';
import { NOW, observedTraffic, stateOf } from '../support/states.ts';
import { manifestOf, withValue } from '../support/tutorial-cluster.ts';
import { clusterWith, demoPlace, onDemo, press, withPanel } from '../support/tutorial-states.ts';

const golden = (name: string) => join(import.meta.dirname, 'frames', `tutorial-${name}.txt`);

const said = (...texts: readonly string[]): RunEvent => ({
  kind: 'lines',
  lines: texts.map(text => ({ from: 'weighbridge', text })),
});

function runOf(step: StepId, ...events: readonly RunEvent[]) {
  return events.reduce(afterEvent, startedRun(step, NOW));
}

const running = (state: AppState, step: StepId, ...events: readonly RunEvent[]) =>
  stepRuns(withTutorial(state, { shown: step }), runOf(step, ...events));

const APPLIED = said('4. Two versions: to do', 'applied Deployment myapp-v1', 'applied Deployment myapp-v2');

const pages = ['blue', 'green'].map((colour, at) => ({
  version: at === 0 ? ('v1' as const) : ('v2' as const),
  url: `http://localhost:${8080 + at}`,
  words: `"Application version v${at + 1}" on ${colour}`,
  isShown: true,
}));

const found = (version: string) => ({ kind: 'found', version }) as const;
const machine: Machine = {
  platform: 'linux',
  architecture: 'amd64',
  tools: { minikube: found('1.38.1'), kubectl: found('1.36.3'), istioctl: { kind: 'missing' } },
  drivers: [{ kind: 'works', name: 'docker', memoryMb: 16_000, cpus: 8 }],
  profiles: [],
};
const NO_CLUSTER = {
  kind: 'none',
  reason: 'There is no cluster yet: no kubeconfig names one.',
  nextStep: '',
} as const;
const emptyMachine = withPanel(stateOf('nothing', []), NO_CLUSTER, machine);

const elsewhere = withPanel(
  {
    ...stateOf('nothing', []),
    connection: { ...stateOf('nothing', []).connection, context: 'eu-shop', contextName: 'eu-shop' },
  },
  clusterWith(0, {
    place: { ...demoPlace, context: 'eu-shop', kubeconfig: '', isDemo: false, isLocal: false },
  }),
);

const routed = (weights: readonly number[], proved: readonly string[]) => {
  const state = onDemo(6, weights);
  return withTutorial({ ...state, traffic: observedTraffic(state, 'agrees') }, { proved });
};
const asked = press(onDemo(0), { kind: 'run-step' });
const accepted = [{ kind: 'move-choice', by: 1 }, { kind: 'accept' }] as const;

/** A Deployment of the tutorial's name that runs something else. */
const someoneElses = withValue(
  { ...manifestOf('Deployment', 'myapp-v1').object, kind: 'Deployment' },
  ['spec', 'template', 'spec', 'containers', 0, 'image'],
  'registry.example.com/shop:7',
);

const situations: readonly (readonly [name: string, state: AppState])[] = [
  ['looking', press(stateOf('nothing', []), { kind: 'toggle-tutorial' })],
  ['empty-machine', emptyMachine],
  ['nothing-deployed', onDemo(0)],
  ['asks', asked],
  ['names-its-context', press(elsewhere, { kind: 'run-step' }, ...accepted)],
  [
    'another-name-typed',
    press(elsewhere, { kind: 'run-step' }, ...accepted, { kind: 'type', text: 'prod' }, { kind: 'submit' }),
  ],
  ['running', running(onDemo(2), 'versions', APPLIED, said('v1 is not rolled out: 0 of 1 updated replicas'))],
  [
    'running-with-progress',
    running(
      emptyMachine,
      'cluster',
      { kind: 'command', command: ['minikube', 'start', '-o', 'json'] },
      {
        kind: 'progress',
        progress: {
          words: 'Creating docker container (CPUs=4, Memory=8192MB) ...',
          fraction: 0.5,
          parts: [
            { name: 'Selecting Driver', state: 'done', words: '' },
            { name: 'Creating Container', state: 'running', words: 'docker' },
            { name: 'Verifying Kubernetes', state: 'waiting', words: '' },
          ],
        },
      },
    ),
  ],
  [
    'failed',
    stepRuns(
      withTutorial(onDemo(0), { shown: 'versions' }),
      endedRun(runOf('versions', said('4. Two versions: to do')), {
        headline: "Can't apply Deployment myapp-v1: forbidden.",
        nextStep: 'Ask for `patch` on deployments in namespace default.',
      }),
    ),
  ],
  [
    'done',
    withTutorial(
      stepRuns(
        withTutorial(onDemo(3), { shown: 'versions' }),
        endedRun(runOf('versions', APPLIED), undefined),
      ),
      { pages },
    ),
  ],
  ['route', withTutorial(routed([50, 50], []), { shown: 'routing' })],
  ['blocked', withPanel(stateOf('nothing', []), clusterWith(0, { objects: [someoneElses] }))],
  ['shift', routed([50, 50], ['50/50'])],
  ['shift-proved', splitProved(routed([0, 100], ['50/50', '90/10']))],
  ['clean-up', withTutorial(routed([0, 100], ['50/50', '90/10', '0/100']), { shown: 'clean-up' })],
  ['panes-back', press(onDemo(0), { kind: 'focus', pane: 'health' })],
  ['zoomed', press(onDemo(0), { kind: 'zoom' })],
];

describe.each([
  [80, 24],
  [120, 40],
])('the tutorial at %ix%i', (columns, rows) => {
  it.each(situations)('%s', async (name, state) => {
    const drawn = drawnFrame(sized(state, columns, rows));
    await expect(drawn).toMatchFileSnapshot(golden(`${name}-${columns}x${rows}`));
  });
});

it('keeps its step, a line of text and its keys at the smallest size', async () => {
  const drawn = drawnFrame(sized(onDemo(0), 60, 16));
  await expect(drawn).toMatchFileSnapshot(golden('nothing-deployed-60x16'));
});

it('is ASCII where the locale has no more', () => {
  const state = onDemo(0);
  const ascii = { ...state, ui: { ...state.ui, isUnicode: false } };
  expect(drawnFrame(sized(ascii, 120, 40))).toMatch(/^[\x20-\x7e\n…]*$/);
});

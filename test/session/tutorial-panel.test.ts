import { describe, expect, it } from 'vitest';
import { bindingOf } from '../../src/components/key-lookup.ts';
import { recordWords, shiftGoals } from '../../src/session/shift-goals.ts';
import type { AppState } from '../../src/session/state.ts';
import {
  isStepRunning,
  nextStep,
  shownStep,
  splitProved,
  stepAction,
  stepRuns,
  withTutorial,
} from '../../src/session/tutorial-panel.ts';
import { endedRun, startedRun } from '../../src/tutorial/step-run.ts';
import { afterShifts } from '../support/histories.ts';
import { NOW, observedTraffic, stateOf } from '../support/states.ts';
import { clusterWith, demoPlace, onDemo, press, withPanel } from '../support/tutorial-states.ts';

const RUN = { kind: 'run-step' } as const;
const OTHER_BUTTON = { kind: 'move-choice', by: 1 } as const;
const ACCEPT = { kind: 'accept' } as const;
const shownId = (state: AppState) => shownStep(state)?.id;
const reply = (state: AppState) => state.notices.at(-1)?.text;

/** On a cluster of that kind, with nothing deployed. */
const on = (place: Partial<typeof demoPlace>) =>
  withPanel(
    { ...stateOf('nothing', []) },
    clusterWith(0, { place: { ...demoPlace, isDemo: false, context: 'eu-shop', ...place } }),
  );

describe('the panel', () => {
  it('is opened and focused by its key, and closed by it', () => {
    const opened = press(stateOf('healthy', [50, 50]), { kind: 'toggle-tutorial' });
    expect([opened.tutorial.isOpen, opened.ui.focus]).toEqual([true, 'tutorial']);
    const closed = press(opened, { kind: 'toggle-tutorial' });
    expect([closed.tutorial.isOpen, closed.ui.focus]).toEqual([false, 'weights']);
  });

  it('is one of the panes that the tab key takes only while it is open', () => {
    const focus = (state: AppState) => press(state, { kind: 'focus-next', by: -1 }).ui.focus;
    const first = press(stateOf('healthy', [50, 50]), { kind: 'focus', pane: 'health' });
    expect(focus(first)).toBe('responses');
    const open = press(first, { kind: 'toggle-tutorial' }, { kind: 'focus', pane: 'health' });
    expect(focus(open)).toBe('tutorial');
  });

  it.each([
    [0, 'versions'],
    [2, 'versions'],
    [3, 'routing'],
    [5, 'routing'],
    [6, 'shift'],
  ])('resumes at the step that is not done, with %i objects there', (count, step) => {
    expect(shownId(onDemo(count))).toBe(step);
  });

  it('looks back and ahead without doing anything, and no further than there are steps', () => {
    const back = press(onDemo(0), { kind: 'look-at-step', by: -1 });
    expect(shownId(back)).toBe('istio');
    const first = press(onDemo(0), ...new Array(9).fill({ kind: 'look-at-step', by: -1 }));
    expect(shownId(first)).toBe('tools');
    const last = press(onDemo(0), ...new Array(9).fill({ kind: 'look-at-step', by: 1 }));
    expect(shownId(last)).toBe('clean-up');
    expect(nextStep(last)?.id).toBe('versions');
  });

  it('leaves a step out that is skipped, until it is run after all', () => {
    const skipped = press(onDemo(0), { kind: 'skip-step' });
    expect(shownId(skipped)).toBe('routing');
    const back = press(skipped, { kind: 'look-at-step', by: -1 }, RUN, OTHER_BUTTON, ACCEPT);
    expect(back.tutorial.skipped).toEqual([]);
    expect(reply(press(onDemo(3), { kind: 'look-at-step', by: -1 }, { kind: 'skip-step' }))).toBe(
      'this step is done: there is nothing to skip',
    );
  });

  it('goes on only when asked, so that what a step shows is seen', () => {
    const ran = withTutorial(
      stepRuns(
        withTutorial(onDemo(3), { shown: 'versions' }),
        endedRun(startedRun('versions', NOW), undefined),
      ),
      {},
    );
    expect(shownId(ran)).toBe('versions');
    expect(shownId(press(ran, RUN))).toBe('routing');
  });

  it('is not closed while a step runs', () => {
    const running = stepRuns(onDemo(0), startedRun('versions', NOW));
    const still = press(running, { kind: 'toggle-tutorial' });
    expect([still.tutorial.isOpen, reply(still)]).toEqual([true, 'a step is running; esc stops it']);
  });
});

describe('a step that changes something', () => {
  it('shows every command first, with Cancel focused', () => {
    const { overlay } = press(onDemo(0), RUN).ui;
    expect(overlay).toMatchObject({ kind: 'plan', focus: 'cancel' });
    expect(overlay.kind === 'plan' && overlay.plan.changes.map(line => line.split(' ').at(-1))).toEqual([
      'manifests/01-deployment-v1.yaml',
      'manifests/02-deployment-v2.yaml',
      'manifests/03-service.yaml',
    ]);
  });

  it('runs only once the other button is chosen and taken', () => {
    expect(isStepRunning(press(onDemo(0), RUN, ACCEPT))).toBe(false);
    expect(isStepRunning(press(onDemo(0), RUN, OTHER_BUTTON, OTHER_BUTTON, ACCEPT))).toBe(false);
    expect(isStepRunning(press(onDemo(0), RUN, OTHER_BUTTON, ACCEPT))).toBe(true);
    expect(isStepRunning(press(onDemo(0), RUN, OTHER_BUTTON, { kind: 'close-overlay' }))).toBe(false);
  });

  it('takes no arrow and no letter for an answer', () => {
    const asked = press(onDemo(0), RUN);
    const keys = ['left', 'right', 'up', 'down', 'space', 'home', 'end', '>', '<', 'y', 'q', 't', '+'];
    expect(keys.filter(key => bindingOf(asked, key))).toEqual([]);
    expect(['tab', 'enter', 'escape', 'pagedown'].filter(key => !bindingOf(asked, key))).toEqual([]);
  });

  it('is refused under --read-only', () => {
    const state = onDemo(0);
    const readOnly = { ...state, connection: { ...state.connection, isReadOnly: true } };
    const after = press(readOnly, RUN);
    expect([after.ui.overlay.kind, reply(after)]).toEqual([
      'none',
      'read-only: weighbridge was started with --read-only',
    ]);
  });

  it.each([
    ['on this computer', { isLocal: true }, true],
    ['elsewhere', { isLocal: false }, false],
    ['protected, though on this computer', { isLocal: true, isProtected: true }, false],
  ] as const)('needs the name of its context typed where that is %s', (_where, place, isEnough) => {
    const confirmed = press(on(place), RUN, OTHER_BUTTON, ACCEPT);
    expect(isStepRunning(confirmed)).toBe(isEnough);
    expect(confirmed.ui.overlay.kind).toBe(isEnough ? 'none' : 'prompt');
  });

  it('runs there after its name and no other, and asks for it once', () => {
    const asked = press(on({ isLocal: false }), RUN, OTHER_BUTTON, ACCEPT);
    const wrong = press(asked, { kind: 'type', text: 'eu-sho' }, { kind: 'submit' });
    expect([isStepRunning(wrong), wrong.ui.overlay.kind]).toEqual([false, 'prompt']);
    expect(isStepRunning(press(asked, { kind: 'submit' }))).toBe(false);
    const right = press(wrong, { kind: 'type', text: 'p' }, { kind: 'submit' });
    expect([isStepRunning(right), right.ui.overlay.kind]).toEqual([true, 'none']);
    const ended = stepRuns(right, endedRun(startedRun('versions', NOW), { headline: '', nextStep: '' }));
    expect(isStepRunning(press(ended, RUN, OTHER_BUTTON, ACCEPT))).toBe(true);
  });
});

describe('the keys of the panel', () => {
  it('are those of the weights as well, and its own where another pane means something else by them', () => {
    const tutorial = onDemo(6);
    const responses = press(tutorial, { kind: 'focus', pane: 'responses' });
    for (const state of [tutorial, responses]) {
      expect(bindingOf(state, 'left')?.intent).toEqual({ kind: 'shift', points: -10 });
      expect(bindingOf(state, '>')?.intent).toEqual({ kind: 'set-to', weight: 100 });
    }
    expect(bindingOf(tutorial, '[')?.intent).toEqual({ kind: 'look-at-step', by: -1 });
    expect(bindingOf(responses, '[')?.intent).toEqual({ kind: 'scale-chart', by: -1 });
    expect(bindingOf(tutorial, '=')?.intent).toEqual({ kind: 'enter-weight' });
  });

  it('open no browser where there is nothing to see, and say so', () => {
    expect(reply(press(onDemo(0), { kind: 'open-browser' }))).toMatch(/^no version can be looked at yet/);
    const shift = onDemo(6);
    const sampled = { ...shift, traffic: observedTraffic(shift, 'agrees') };
    expect(press(sampled, { kind: 'open-browser' }).tutorial.browse).toEqual({
      urls: ['http://192.168.49.2:31380/'],
      times: 1,
    });
  });
});

describe('the shift', () => {
  const at = (weights: readonly number[], proved: readonly string[] = []) => {
    const state = onDemo(6, weights);
    return withTutorial({ ...state, traffic: observedTraffic(state, 'agrees') }, { proved });
  };

  it('is proved by traffic that agrees, and never by weights', () => {
    const applied = onDemo(6, [0, 100]);
    expect(stepAction(applied)).toMatchObject({ kind: 'none' });
    expect(splitProved(applied).tutorial.proved).toEqual([]);
    const proved = splitProved(at([0, 100]));
    expect(proved.tutorial.proved).toEqual(['0/100']);
    expect(shownId(proved)).toBe('shift');
    expect(shownId(press(proved, RUN))).toBe('clean-up');
  });

  it('counts for the route of the tutorial alone', () => {
    const state = at([0, 100]);
    const other = { ...state, target: { kind: 'chosen', namespace: 'default', name: 'shop' } } as const;
    expect(splitProved(other)).toBe(other);
  });

  it.each([
    [[50, 50], ['50/50'], ['proved', 'next', 'later'], 'press ← 4 times'],
    [[70, 30], ['50/50'], ['proved', 'next', 'later'], 'press ← 2 times'],
    [[95, 5], ['50/50'], ['proved', 'next', 'later'], 'press = and type 10'],
    [[100, 0], ['50/50'], ['proved', 'next', 'later'], 'press → once'],
    [[90, 10], ['50/50', '90/10'], ['proved', 'proved', 'next'], 'press >'],
    [[80, 20], [], ['later', 'next', 'later'], 'press ← once'],
  ] as const)('at %j names the key that leads on', (weights, proved, marks, key) => {
    const state = withTutorial(onDemo(6, weights), { proved });
    const goals = shiftGoals(state);
    expect(goals.map(({ mark }) => mark)).toEqual(marks);
    expect(goals.find(({ mark }) => mark === 'next')?.detail).toBe(key);
  });

  it('waits for traffic where the split is applied already', () => {
    const goals = shiftGoals(onDemo(6, [90, 10]));
    expect(goals[1]).toMatchObject({ mark: 'under-way', detail: 'nothing is sampled yet' });
  });

  it('is forgotten where its route is gone', () => {
    const again = withPanel(
      { ...at([0, 100], ['0/100']), tutorial: at([0, 100], ['0/100']).tutorial },
      clusterWith(3),
    );
    expect(again.tutorial.proved).toEqual([]);
  });

  it('says of the records which requests failed, and with none what that bounds', () => {
    const words = recordWords(afterShifts(stateOf('healthy', [50, 50])));
    expect(words).toMatch(/^\d+ of \d+ requests failed in \d+ shifts: .+\. h shows when\.$/);
  });
});

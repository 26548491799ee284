import { describe, expect, it } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import { openLine } from '../../src/session/open-line.ts';
import { focusedRow, shownRows } from '../../src/session/pane-rows.ts';
import type { AppState } from '../../src/session/state.ts';
import { NOW, stateOf } from '../support/states.ts';

const five = stateOf('healthy', [20, 20, 20, 20, 20]);
const down: Intent = { kind: 'move-choice', by: 1 };
const up: Intent = { kind: 'move-choice', by: -1 };
const press = (state: AppState, ...intents: readonly Intent[]) =>
  intents.reduce((now, intent) => applyIntent(now, intent, NOW), state);
const inVersions = press(five, { kind: 'focus', pane: 'versions' });
const chosen = (state: AppState) => focusedRow(state)?.id;

describe('the rows of a pane in focus', () => {
  it('are walked through with the arrows, and end at both ends', () => {
    expect(chosen(inVersions)).toBe('v1');
    expect(chosen(press(inVersions, down, down))).toBe('v3');
    expect(chosen(press(inVersions, up))).toBe('v1');
    expect(chosen(press(inVersions, { kind: 'move-to-end', end: 'last' }, down))).toBe('v5');
    expect(chosen(press(inVersions, { kind: 'move-page', by: 1 }))).toBe('v5');
    expect(chosen(press(inVersions, down, { kind: 'move-to-end', end: 'first' }))).toBe('v1');
  });

  it('change no weight, and select no version to shift', () => {
    const moved = press(inVersions, down, down, up);
    expect(moved.weights).toBe(inVersions.weights);
  });

  it('keep the highlight on what it was on, where it is left and come back to', () => {
    const back = press(
      inVersions,
      down,
      down,
      { kind: 'focus', pane: 'weights' },
      { kind: 'focus', pane: 'versions' },
    );
    expect(chosen(back)).toBe('v3');
    expect(shownRows(press(back, { kind: 'focus', pane: 'weights' }), 'versions').chosen).toBe(-1);
  });

  it('name what they are in full', () => {
    expect(focusedRow(inVersions)?.name).toBe('version v1: Deployment default/myapp-v1, janakiramm/myapp:v1');
    expect(focusedRow(press(inVersions, { kind: 'focus', pane: 'health' }, down))?.name).toBe(
      'pod istio-system/istiod-57c6ff7479-pw2pr',
    );
  });
});

describe('the filter of a pane', () => {
  const typing = press(inVersions, { kind: 'start-filter' }, { kind: 'type', text: 'v4' });

  it('leaves the rows that hold what is typed, and gives the keys back on enter', () => {
    expect(openLine(typing)).toMatchObject({ before: 'v4', after: '' });
    expect(shownRows(typing, 'versions')).toEqual({ ids: ['v4'], total: 5, chosen: 0 });
    const typed = press(typing, { kind: 'submit' });
    expect(openLine(typed)).toBeUndefined();
    expect(shownRows(typed, 'versions').ids).toEqual(['v4']);
    expect(typed.ui.overlay.kind).toBe('none');
  });

  it('stays in its pane, and a paste into it takes no line break', () => {
    const pasted = press(inVersions, { kind: 'start-filter' }, { kind: 'paste', text: 'v2\nq' });
    expect(shownRows(pasted, 'versions').ids).toEqual(['v2']);
    expect(shownRows(pasted, 'health').ids).toHaveLength(3);
    expect(pasted.run.kind).toBe('running');
  });

  it('is cleared by esc, which then ends the zoom, and then does nothing', () => {
    const zoomed = press(
      inVersions,
      { kind: 'zoom' },
      { kind: 'start-filter' },
      { kind: 'type', text: 'v4' },
    );
    const cleared = press(zoomed, { kind: 'close-overlay' });
    expect(shownRows(cleared, 'versions').ids).toHaveLength(5);
    expect(cleared.ui.isZoomed).toBe(true);
    const small = press(cleared, { kind: 'close-overlay' });
    expect(small.ui.isZoomed).toBe(false);
    expect(press(small, { kind: 'close-overlay' })).toBe(small);
  });
});

describe('enter', () => {
  it('shows the highlighted row in full, and esc goes back', () => {
    const open = press(inVersions, down, { kind: 'accept' });
    expect(open.ui.overlay).toEqual({ kind: 'details', subject: { kind: 'version', label: 'v2' }, index: 0 });
    expect(chosen(press(open, { kind: 'close-overlay' }))).toBe('v2');
  });

  it('opens nothing where there is no row', () => {
    const none = press(
      inVersions,
      { kind: 'start-filter' },
      { kind: 'type', text: 'nothing' },
      { kind: 'submit' },
    );
    expect(press(none, { kind: 'accept' }).ui.overlay.kind).toBe('none');
  });
});

it('a zoom is refused while something lies over the panes, with what to do', () => {
  const helped = press(five, { kind: 'open-help' });
  const refused = press(helped, { kind: 'zoom' });
  expect(refused.ui.isZoomed).toBe(false);
  expect(refused.notices.at(-1)?.text).toBe('close what lies over the panes first: esc');
});

import { describe, expect, it } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { listedRows } from '../../src/session/list-overlay.ts';
import { currentNotice, NOTICE_MS, withNotice } from '../../src/session/notices.ts';
import type { AppState } from '../../src/session/state.ts';
import { NOW, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const texts = ({ notices }: AppState) => notices.map(({ text, times }) => `${text} x${times}`);

describe('a notice', () => {
  it('is one plain line: no stack, no escape sequence', () => {
    const error = new Error('\u001b[31mno such file\u001b[0m');
    const said = withNotice(healthy, 'error', error.stack ?? '', NOW);
    expect(said.notices.at(-1)?.text).toBe('Error: no such file');
  });

  it.each(['info', 'warning', 'error'] as const)('of level %s leaves its line in time', level => {
    const said = withNotice(healthy, level, 'something', NOW);
    const shown = (ms: number) => currentNotice({ ...said, now: NOW + ms })?.text;
    expect([shown(NOTICE_MS[level] - 1), shown(NOTICE_MS[level])]).toEqual(['something', undefined]);
  });

  it('that is said again is counted, and is new again', () => {
    const once = withNotice(withNotice(healthy, 'info', 'weights: press 3', NOW), 'info', 'other', NOW);
    const held = Array.from({ length: 500 }).reduce<AppState>(
      state => applyIntent(state, { kind: 'no-arrows-here' }, NOW + 30_000),
      once,
    );
    expect(texts(held)).toEqual(['weights: press 3 x1', 'other x1', 'weights: press 3 x500']);
    expect(currentNotice({ ...held, now: NOW + 30_000 })?.text).toBe('weights: press 3');
    expect(texts(withNotice(held, 'warning', 'weights: press 3', NOW)).at(-1)).toBe('weights: press 3 x1');
  });
});

describe('the messages', () => {
  const said = Array.from({ length: 450 }).reduce<AppState>(
    (state, _, at) => withNotice(state, at % 2 === 0 ? 'info' : 'error', `message ${at + 1}`, NOW + at),
    healthy,
  );
  const rows = (state: AppState) => {
    const open = applyIntent(state, { kind: 'open-list', list: 'messages' }, NOW).ui.overlay;
    return open.kind === 'list' ? listedRows(state, open).rows : [];
  };

  it('are the last 200, the newest first, each with its time and level', () => {
    expect(rows(said)).toHaveLength(200);
    expect(rows(said)[0]).toMatchObject({ mark: 'failing', cells: ['06:00:00', 'error', 'message 450'] });
    expect(rows(said).at(-1)?.cells.at(-1)).toBe('message 251');
  });

  it('keep the highlighted one highlighted while others come', () => {
    const ids = (state: AppState) => rows(state).map(({ id }) => id);
    const more = withNotice(said, 'info', 'one more', NOW);
    expect(ids(more).slice(1, 200)).toEqual(ids(said).slice(0, 199));
    expect(new Set(ids(more)).size).toBe(200);
  });
});

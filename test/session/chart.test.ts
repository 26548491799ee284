import { afterEach, describe, expect, it } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { chartSpan, INITIAL_CHART } from '../../src/session/chart.ts';
import type { Intent } from '../../src/session/intents.ts';
import type { AppState } from '../../src/session/state.ts';
import { type DemoSession, startDemoSession } from '../support/demo-session.ts';

const MINUTE = 60_000;
const longer: Intent = { kind: 'scale-chart', by: 1 };
const freeze: Intent = { kind: 'freeze-chart' };
const clear: Intent = { kind: 'clear-chart' };

const running: DemoSession[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(session => session.stop()));
});

const drawn = ({ traffic }: AppState) =>
  traffic.chart.shown?.series.counts.flat().reduce((sum, count) => sum + count, 0) ?? 0;
const judged = ({ traffic }: AppState) =>
  traffic.observed?.versions.reduce((sum, { count }) => sum + count, 0) ?? 0;

describe('the span of the chart', () => {
  const now = 100 * MINUTE;

  it('ends now and reaches back as far as its scale', () => {
    expect(chartSpan(INITIAL_CHART, now)).toEqual({ fromMs: now - 2 * MINUTE, toMs: now });
  });

  it('begins no earlier than it was cleared', () => {
    const cleared = { ...INITIAL_CHART, clearedAtMs: now - MINUTE };
    expect(chartSpan(cleared, now)).toEqual({ fromMs: now - MINUTE, toMs: now });
  });

  it('ends where it was frozen', () => {
    const frozen = { ...INITIAL_CHART, frozenAtMs: now - MINUTE };
    expect(chartSpan(frozen, now)).toEqual({ fromMs: now - 3 * MINUTE, toMs: now - MINUTE });
  });
});

describe('the chart of a session', () => {
  it('stands still while sampling and verdicts go on, and shows more of the past when asked', async () => {
    const session = await startDemoSession();
    running.push(session);
    await session.until(state => drawn(state) > 10);
    session.press(freeze);
    const { chart, observed } = session.store.getState().traffic;
    expect(chart.frozenAtMs).toBe(chart.shown?.toMs);
    const before = observed?.versions.reduce((sum, { count }) => sum + count, 0) ?? 0;
    const later = await session.until(state => judged(state) > before + 20);
    expect(later.traffic.chart).toEqual(chart);
    session.press(longer);
    const wider = session.store.getState().traffic.chart;
    expect(wider.scaleMs).toBe(10 * MINUTE);
    expect(wider.shown?.toMs).toBe(chart.frozenAtMs);
    session.press(freeze);
    await session.until(({ traffic }) => (traffic.chart.shown?.toMs ?? 0) > (chart.frozenAtMs ?? 0));
  });

  it('begins anew when it is cleared, and the verdict keeps its samples', async () => {
    const session = await startDemoSession();
    running.push(session);
    const seen = await session.until(state => drawn(state) > 30 && judged(state) > 30);
    session.press({ kind: 'pause-sampling' }, clear);
    const cleared = session.store.getState();
    expect(drawn(cleared)).toBe(0);
    expect(judged(cleared)).toBeGreaterThanOrEqual(judged(seen));
    session.press({ kind: 'pause-sampling' });
    await session.until(state => drawn(state) > 5);
  });

  it('refuses a scale beyond the last, and to freeze what is not drawn, with the reason', async () => {
    const session = await startDemoSession();
    running.push(session);
    const state = session.store.getState();
    const blank = {
      ...state,
      traffic: { ...state.traffic, chart: { ...INITIAL_CHART, scaleMs: 60 * MINUTE } },
    };
    const notice = (intent: Intent) => applyIntent(blank, intent, 0).notices.at(-1)?.text;
    expect(notice(longer)).toBe('an hour is as far back as samples are kept');
    expect(notice(freeze)).toBe('nothing is drawn yet');
    expect(notice(clear)).toBe('nothing is drawn yet');
  });
});

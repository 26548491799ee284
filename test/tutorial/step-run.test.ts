import { describe, expect, it } from 'vitest';
import {
  afterEvent,
  cancellingRun,
  endedRun,
  isUnderWay,
  type RunEvent,
  type RunLine,
  startedRun,
} from '../../src/tutorial/step-run.ts';

const run = startedRun('cluster', 1_000);
const lines = (count: number, from = 0): readonly RunLine[] =>
  Array.from({ length: count }, (_, at) => ({ from: 'stdout', text: `line ${from + at}` }));
const failure = { headline: 'minikube start ends with 80.', nextStep: 'minikube logs' };

describe('a step that runs', () => {
  it('shows what it runs, and how far that is anew for each command', () => {
    const progress = { words: 'Pulling', fraction: 0.5, parts: [] };
    const events: readonly RunEvent[] = [
      { kind: 'command', command: ['minikube', 'delete'] },
      { kind: 'progress', progress },
      { kind: 'command', command: ['minikube', 'start'] },
    ];
    expect(afterEvent(afterEvent(run, events[0] as RunEvent), events[1] as RunEvent).progress).toEqual(
      progress,
    );
    expect(events.reduce(afterEvent, run)).toEqual({ ...run, command: ['minikube', 'start'] });
  });

  it('shows text in which nothing moves the cursor, and no line of nothing', () => {
    const wild: readonly RunLine[] = [
      { from: 'stderr', text: '\u001b[31mred\u001b[0m\u0007 \u202Eand\u0000 more' },
      { from: 'stdout', text: '\u001b[2K' },
    ];
    expect(afterEvent(run, { kind: 'lines', lines: wild }).lines).toEqual([
      { from: 'stderr', text: 'red and more' },
    ]);
  });

  it('keeps the last 500 lines, and counts those before', () => {
    const once = afterEvent(run, { kind: 'lines', lines: lines(400) });
    const twice = afterEvent(once, { kind: 'lines', lines: lines(300, 400) });
    expect(twice.droppedLines).toBe(200);
    expect(twice.lines).toHaveLength(500);
    expect(twice.lines[0]?.text).toBe('line 200');
    const flooded = afterEvent(run, { kind: 'lines', lines: lines(2_000) });
    expect([flooded.lines.length, flooded.droppedLines]).toEqual([500, 1_500]);
  });

  it('says which context is the current one now', () => {
    const said = (from: string) => afterEvent(run, { kind: 'context', from, to: 'minikube' }).lines[0]?.text;
    expect(said('')).toBe("the kubeconfig's current context is now minikube; the tutorial goes on there");
    expect(said('work')).toBe(
      "the kubeconfig's current context is now minikube, it was work; the tutorial goes on there",
    );
  });

  it.each([
    ['done', run, undefined, { kind: 'done' }],
    ['failed, with what is wrong', run, failure, { kind: 'failed', ...failure }],
    ['cancelled, whatever it failed with on the way out', cancellingRun(run), failure, { kind: 'cancelled' }],
    ['done where it was cancelled too late', cancellingRun(run), undefined, { kind: 'done' }],
  ])('is %s', (_what, before, how, phase) => {
    const ended = endedRun(before, how);
    expect(ended.phase).toEqual(phase);
    expect([isUnderWay(before), isUnderWay(ended)]).toEqual([true, false]);
    expect(cancellingRun(ended)).toBe(ended);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answered,
  beginCanary,
  type CanaryLook,
  type CanaryPlan,
  type CanaryRun,
  looked,
  stopped,
} from '../../src/session/canary-run.ts';
import type { BrokenLimit } from '../../src/traffic/limit-watch.ts';

const plan: CanaryPlan = {
  steps: [5, 50, 100],
  holdMs: 30_000,
  stepLimitMs: 600_000,
  outageLimitMs: 60_000,
  silenceMs: 2_000,
  asks: false,
  samplesBefore: 20,
};

const tooMany: BrokenLimit = { kind: 'failures', limit: 2, failed: 3, samples: 9 };
const overall: BrokenLimit = {
  kind: 'failure-rate',
  because: 'measured',
  limit: 0.01,
  failed: 9,
  samples: 600,
};

/** A look at a canary that goes well, but for what is said. */
function look(nowMs: number, change: Partial<CanaryLook> = {}): CanaryLook {
  return {
    nowMs,
    asked: { kind: 'applied' },
    reachedAtMs: nowMs,
    unobserved: undefined,
    verdict: 'agrees',
    samples: 1_000,
    broken: { now: undefined, onceHeld: undefined },
    missing: 0,
    ...change,
  };
}

/** The canary after looks at these times, each as it goes well but for what is said. */
function lookedAt(
  run: CanaryRun,
  ...looks: readonly (readonly [nowMs: number, change?: Partial<CanaryLook>])[]
) {
  return looks.reduce((before, [nowMs, change]) => looked(before, look(nowMs, change)), run);
}

const begun = beginCanary(plan, 0);
const setting = lookedAt(begun, [1_000]);
const settling = lookedAt(setting, [1_100]);
const holding = lookedAt(settling, [1_200]);

describe('a canary that goes well', () => {
  it('measures, sets, settles and holds, one step after the other, to the end', () => {
    const phases: string[] = [];
    let run = begun;
    for (let nowMs = 0; run.phase.kind !== 'ended' && nowMs < 600_000; nowMs += 500) {
      run = lookedAt(run, [nowMs]);
      const { phase } = run;
      const name = 'step' in phase ? `${phase.kind} ${plan.steps[phase.step]}` : phase.kind;
      if (phases.at(-1) !== name) phases.push(name);
    }
    expect(phases).toEqual([
      'setting 5',
      'settling 5',
      'holding 5',
      'setting 50',
      'settling 50',
      'holding 50',
      'setting 100',
      'settling 100',
      'holding 100',
      'ended',
    ]);
    expect(run.phase).toEqual({ kind: 'ended', end: { kind: 'done' } });
  });

  it.each<readonly [string, Partial<CanaryLook>]>([
    ['its time is not over', { nowMs: 31_100 }],
    ['traffic does not agree yet', { verdict: 'needs-more' }],
    ['traffic does not agree', { verdict: 'does-not-agree' }],
    ['the limits need more samples', { missing: 12 }],
  ])('goes on holding while %s', (_, change) => {
    expect(lookedAt(holding, [31_300, change]).phase.kind).toBe('holding');
  });

  it.each(['settling', 'cannot-be-timed', 'no-samples'] as const)(
    'does not hold while traffic is %s',
    verdict => {
      expect(lookedAt(settling, [9_000, { verdict }]).phase.kind).toBe('settling');
    },
  );

  it('begins only once the gateway is sampled', () => {
    expect(lookedAt(begun, [1_000, { samples: 19 }]).phase.kind).toBe('measuring');
    expect(lookedAt(begun, [1_000, { samples: 20 }]).phase).toEqual({
      kind: 'setting',
      step: 0,
      sinceMs: 1_000,
    });
  });

  it('asks between steps where it is to, and takes its time over the answer', () => {
    const asking = lookedAt({ ...holding, plan: { ...plan, asks: true } }, [40_000]);
    expect(asking.phase).toEqual({ kind: 'asking', step: 0, sinceMs: 40_000 });
    const much = lookedAt(asking, [40_000 + plan.stepLimitMs * 2]);
    expect(much.phase.kind).toBe('asking');
    expect(answered(much, true, 2_000_000)).toMatchObject({
      phase: { kind: 'setting', step: 1 },
      stepSinceMs: 2_000_000,
    });
    expect(answered(much, false, 2_000_000).phase).toMatchObject({
      kind: 'going-back',
      reason: { kind: 'declined' },
    });
    expect(answered(holding, true, 2_000)).toBe(holding);
  });
});

describe('a limit that is broken', () => {
  const broken = { now: tooMany, onceHeld: tooMany };

  it('ends it with nothing changed where nothing was', () => {
    expect(lookedAt(begun, [900, { broken }]).phase).toEqual({
      kind: 'ended',
      end: { kind: 'back', reason: { kind: 'limit', broken: tooMany }, isBack: true, words: '' },
    });
  });

  it.each([
    ['setting', setting],
    ['settling', settling],
    ['holding', holding],
  ])('sends it back at once while %s', (_, run) => {
    expect(lookedAt(run, [1_300, { broken }]).phase).toEqual({
      kind: 'going-back',
      reason: { kind: 'limit', broken: tooMany },
      sinceMs: 1_300,
      signals: 0,
    });
  });

  it('of what needs all samples counts once the step has held, and while the person is asked', () => {
    const onceHeld = { now: undefined, onceHeld: overall };
    expect(lookedAt(holding, [20_000, { broken: onceHeld }]).phase.kind).toBe('holding');
    expect(lookedAt(holding, [31_300, { broken: onceHeld }]).phase).toMatchObject({
      reason: { broken: overall },
    });
    const asking = lookedAt({ ...holding, plan: { ...plan, asks: true } }, [40_000]);
    expect(lookedAt(asking, [41_000, { broken: onceHeld }]).phase.kind).toBe('going-back');
  });
});

describe('going back', () => {
  const back = lookedAt(holding, [2_000, { broken: { now: tooMany, onceHeld: tooMany } }]);
  const reason = { kind: 'limit', broken: tooMany } as const;

  it.each([
    ['applied', { kind: 'applied' }, { isBack: true, words: '' }],
    [
      'refused',
      { kind: 'refused', reason: 'forbidden', by: 'cluster' },
      { isBack: false, words: 'forbidden' },
    ],
  ] as const)('ends once the weights are %s', (_, asked, expected) => {
    const { phase } = lookedAt(back, [2_100, { asked }]);
    expect(phase).toEqual({ kind: 'ended', end: { kind: 'back', reason, ...expected } });
  });

  it('goes on through an outage, as long as it may last', () => {
    const asked = { kind: 'waiting', reason: 'the API server does not answer' } as const;
    expect(lookedAt(back, [61_999, { asked }]).phase.kind).toBe('going-back');
    expect(lookedAt(back, [62_000, { asked }]).phase).toEqual({
      kind: 'ended',
      end: {
        kind: 'back',
        reason,
        isBack: false,
        words: 'not within the 60 s of --max-outage: the API server does not answer',
      },
    });
  });

  it('fights nobody who changes the weights meanwhile', () => {
    const asked = { kind: 'changed-outside', reason: 'argocd set 20/80' } as const;
    expect(lookedAt(back, [2_100, { asked }]).phase).toEqual({
      kind: 'ended',
      end: { kind: 'conflict', words: 'argocd set 20/80' },
    });
  });
});

describe('a signal', () => {
  it('ends it at once while nothing is changed', () => {
    expect(stopped(begun, 130, 500).phase).toMatchObject({ kind: 'ended', end: { isBack: true } });
  });

  it('sends it back from any step, and a second one ends it as it is', () => {
    for (const run of [setting, settling, holding]) {
      const once = stopped(run, 143, 5_000);
      expect(once.phase).toMatchObject({ kind: 'going-back', reason: { kind: 'stopped', code: 143 } });
      expect(stopped(once, 143, 5_100).phase).toMatchObject({ kind: 'ended', end: { isBack: false } });
    }
  });

  it('changes nothing of why it went back already', () => {
    const back = lookedAt(holding, [2_000, { broken: { now: tooMany, onceHeld: tooMany } }]);
    const once = stopped(back, 130, 2_050);
    expect(once.phase).toMatchObject({ kind: 'going-back', reason: { kind: 'limit' } });
    expect(stopped(once, 130, 2_060).phase).toMatchObject({
      kind: 'ended',
      end: { reason: { kind: 'limit' }, isBack: false },
    });
  });
});

describe('an outage', () => {
  it('of the gateway is no time that a step has held', () => {
    const before = lookedAt(holding, [11_200]);
    const silent = lookedAt(before, [13_200, { reachedAtMs: 11_200 }], [23_200, { reachedAtMs: 11_200 }]);
    expect(silent.phase).toMatchObject({ kind: 'holding', heldMs: 10_000 });
    expect(lookedAt(silent, [33_200]).phase).toMatchObject({ kind: 'holding', heldMs: 20_000 });
  });

  it('of the gateway is borne as long as it may last', () => {
    const change = { reachedAtMs: 5_000, unobserved: 'connection refused' };
    expect(lookedAt(holding, [64_999, change]).phase.kind).toBe('holding');
    expect(lookedAt(holding, [65_000, change]).phase).toMatchObject({
      kind: 'going-back',
      reason: {
        kind: 'not-verified',
        words: 'no sample has met the gateway within the 60 s of --max-outage: connection refused',
      },
    });
  });

  it('of the API server matters only where weights are to be set', () => {
    const asked = { kind: 'waiting', reason: 'no answer' } as const;
    expect(lookedAt(holding, [25_000, { asked }]).phase.kind).toBe('holding');
    expect(lookedAt(setting, [60_999, { asked }]).phase.kind).toBe('setting');
    expect(lookedAt(setting, [61_000, { asked }]).phase).toMatchObject({
      reason: { words: 'the step could not be set within the 60 s of --max-outage: no answer' },
    });
  });

  it('before anything is changed ends it with nothing changed', () => {
    const change = { reachedAtMs: undefined, samples: 0, unobserved: 'no way to the gateway works' };
    expect(lookedAt(begun, [60_000, change]).phase).toMatchObject({
      kind: 'ended',
      end: { isBack: true, reason: { kind: 'not-verified' } },
    });
  });
});

describe('a step', () => {
  it.each<readonly [string, CanaryRun, Partial<CanaryLook>, string]>([
    ['is not applied', setting, { asked: { kind: 'under-way' } }, 'the step was not applied'],
    ['does not settle', settling, { verdict: 'settling' }, 'traffic was not seen to follow'],
    ['does not agree', holding, { verdict: 'does-not-agree' }, 'traffic did not agree with the weights'],
    ['lacks samples', holding, { missing: 40 }, 'about 40 more samples are needed to judge the limits'],
  ])('that %s in time sends it back', (_, run, change, words) => {
    expect(lookedAt(run, [601_000, change]).phase).toMatchObject({
      kind: 'going-back',
      reason: { kind: 'not-verified', words: expect.stringContaining(words) },
    });
  });

  it('that is refused sends it back', () => {
    const asked = { kind: 'refused', reason: 'admission webhook denied it', by: 'cluster' } as const;
    expect(lookedAt(setting, [1_100, { asked }]).phase).toMatchObject({
      kind: 'going-back',
      reason: { kind: 'refused', words: 'admission webhook denied it', by: 'cluster' },
    });
  });
});

type Happening = {
  readonly afterMs: number;
  readonly silentMs: number;
  readonly isBroken: boolean;
  readonly signal: boolean;
  readonly asks: boolean;
} & Pick<CanaryLook, 'asked' | 'verdict' | 'missing'>;

const anyLook: fc.Arbitrary<Happening> = fc.record({
  afterMs: fc.integer({ min: 0, max: 90_000 }),
  asked: fc.constantFrom<CanaryLook['asked']>(
    { kind: 'applied' },
    { kind: 'applied' },
    { kind: 'under-way' },
    { kind: 'waiting', reason: 'no answer' },
    { kind: 'refused', reason: 'denied', by: 'cluster' },
  ),
  silentMs: fc.integer({ min: 0, max: 90_000 }),
  verdict: fc.constantFrom<CanaryLook['verdict']>(
    'agrees',
    'agrees',
    'needs-more',
    'settling',
    'does-not-agree',
  ),
  missing: fc.constantFrom(0, 0, 300),
  isBroken: fc.constantFrom(false, false, false, true),
  signal: fc.constantFrom(false, false, false, false, true),
  asks: fc.boolean(),
});

/** What happened last, and the canary before and after it. */
type Happened = { readonly before: CanaryRun; readonly after: CanaryRun; readonly isLook: boolean };

function happen(run: CanaryRun, nowMs: number, event: Happening): Happened {
  const { silentMs, isBroken, signal, asks, asked, verdict, missing } = event;
  if (signal) return { before: run, after: stopped(run, 130, nowMs), isLook: false };
  if (run.phase.kind === 'asking' && asks)
    return { before: run, after: answered(run, true, nowMs), isLook: false };
  const broken = isBroken ? tooMany : undefined;
  const change = {
    asked,
    verdict,
    missing,
    reachedAtMs: nowMs - silentMs,
    broken: { now: broken, onceHeld: broken },
  };
  return { before: run, after: lookedAt(run, [nowMs, change]), isLook: true };
}

const stepOf = ({ phase }: CanaryRun) => ('step' in phase ? phase.step : undefined);

describe('whatever happens', () => {
  const story = fc.tuple(fc.array(anyLook, { maxLength: 60 }), fc.boolean()).map(([events, asks]) => {
    let run = beginCanary({ ...plan, asks }, 0);
    let nowMs = 0;
    return events.map(event => {
      nowMs += event.afterMs;
      const happened = happen(run, nowMs, event);
      run = happened.after;
      return { ...happened, event };
    });
  });

  const always = (holds: (happened: Happened & { readonly event: { readonly isBroken: boolean } }) => void) =>
    fc.assert(fc.property(story, happened => happened.forEach(holds)));

  it('steps rise one by one', () => {
    always(({ before, after }) => {
      const rise = (stepOf(after) ?? stepOf(before) ?? 0) - (stepOf(before) ?? 0);
      expect([0, 1]).toContain(rise);
    });
  });

  it('nothing follows going back but its end, and nothing an end', () => {
    always(({ before, after }) => {
      if (before.phase.kind === 'ended') expect(after.phase).toBe(before.phase);
      if (before.phase.kind === 'going-back') expect(['going-back', 'ended']).toContain(after.phase.kind);
    });
  });

  it('a limit that is broken leaves no step as it is', () => {
    always(({ after, isLook, event: { isBroken } }) => {
      if (isBroken && isLook) expect(['going-back', 'ended']).toContain(after.phase.kind);
    });
  });

  it('only a last step that held is done', () => {
    always(({ before, after: { phase } }) => {
      const isDone = phase.kind === 'ended' && phase.end.kind === 'done' && before.phase.kind !== 'ended';
      if (isDone) expect(before.phase).toMatchObject({ kind: 'holding', step: plan.steps.length - 1 });
    });
  });
});

import type { Clock } from '../clock.ts';
import type { RawWeights } from '../kube/split.ts';
import {
  endedEvent,
  heldEvent,
  notBegunEvent,
  phaseEvent,
  progressEvent,
  startedEvent,
} from '../session/canary-events.ts';
import type { CanaryPlan } from '../session/canary-run.ts';
import {
  type CanarySubject,
  canaryEndWords,
  canaryPhaseWords,
  canaryPlanWords,
  stepWords,
  tallyWords,
} from '../session/canary-words.ts';
import { milliseconds } from '../session/milliseconds.ts';
import type { Canary, CanaryResult, CanaryStanding } from '../session/run-canary.ts';
import { answerHead, failureText, type Output, type Refusal } from './answer-document.ts';
import { EXIT, type Io } from './io.ts';
import { screenSize } from './screen-size.ts';

/** Where a canary says what it does. */
export type CanaryOutput = {
  readonly started: (subject: CanarySubject, plan: CanaryPlan, limits: Canary['limits']) => void;
  readonly phase: (standing: CanaryStanding, left: CanaryStanding) => void;
  readonly progress: (standing: CanaryStanding) => void;
  /** Something that is no phase, for people. */
  readonly notice: (line: string) => void;
  readonly ended: (result: CanaryResult, applied: RawWeights | undefined, exitCode: number) => void;
  /** It did not begin. */
  readonly notBegun: (refusal: Refusal) => void;
};

const VERB = 'canary';

/** Lines of JSON where those are asked for, else text. */
export function canaryOutput(output: Output, io: Io, clock: Clock): CanaryOutput {
  return output === 'json' ? jsonOutput(io, clock) : textOutput(io, screenSize(io).isUnicode);
}

/** How often a program is told of progress. */
const JSON_PROGRESS_MS = 5_000;

/** Lines of JSON on stdout, as `schemas/canary.json` describes them; notices on stderr. */
function jsonOutput({ stdout, stderr }: Io, clock: Clock): CanaryOutput {
  let subject: CanarySubject | undefined;
  let toldAtMs = clock.now();
  const write = (event: object) => stdout.write(`${JSON.stringify(event)}\n`);
  return {
    started: (of, plan, limits) => {
      subject = of;
      write(startedEvent(of, plan, limits, clock.now()));
    },
    phase: (standing, left) => {
      const held = heldStep(standing, left);
      if (held !== undefined) write(heldEvent(held, left, clock.now()));
      if (standing.run.phase.kind !== 'ended') write(phaseEvent(standing, clock.now()));
      toldAtMs = clock.now();
    },
    progress: standing => {
      if (standing.run.phase.kind === 'ended' || clock.now() - toldAtMs < JSON_PROGRESS_MS) return;
      toldAtMs = clock.now();
      write(progressEvent(standing, toldAtMs));
    },
    notice: line => stderr.write(`${line}\n`),
    ended: (result, applied, exitCode) => {
      if (!subject) return;
      const { end, backAfterFirstFailureMs } = result;
      const words = canaryEndWords(end, subject, applied, backAfterFirstFailureMs);
      const failure = exitCode === EXIT.done ? undefined : words;
      if (failure) stderr.write(failureText(failure));
      const event = endedEvent(result, subject, applied, clock.now());
      write({ ...answerHead(VERB, exitCode, failure), ...event });
    },
    notBegun: refusal => {
      stderr.write(failureText(refusal));
      write({ ...answerHead(VERB, refusal.code, refusal), ...notBegunEvent(clock.now()) });
    },
  };
}

/** What is done as lines on stderr, the last one renewed in its place on a terminal; what it came to on stdout. */
function textOutput({ stdout, stderr }: Io, isUnicode: boolean): CanaryOutput {
  let subject: CanarySubject | undefined;
  const line = new RenewedLine(stderr);
  const say = (text: string) => line.above(text);
  return {
    started: (of, plan, limits) => {
      subject = of;
      for (const text of canaryPlanWords(of, plan, limits)) say(text);
    },
    phase: (standing, left) => {
      const held = heldStep(standing, left);
      const { plan } = standing.run;
      if (held !== undefined && subject) {
        say(
          `${stepWords(held, plan)}: ${subject.version} ${plan.steps[held]} held: ${tallyWords(left.tally)}`,
        );
      }
      const words = subject && canaryPhaseWords(standing, subject);
      if (words !== undefined) say(words);
    },
    progress: standing => {
      if (subject) line.renew(progressLine(standing, subject, isUnicode));
    },
    notice: say,
    ended: (result, applied) => {
      line.end();
      if (!subject) return;
      const { end, backAfterFirstFailureMs } = result;
      const { headline, nextStep } = canaryEndWords(end, subject, applied, backAfterFirstFailureMs);
      for (const text of [headline, nextStep]) if (text !== '') stdout.write(`${text}\n`);
    },
    notBegun: refusal => stderr.write(failureText(refusal)),
  };
}

/** The step that has held, where that is what the phase before ended with. */
function heldStep({ run }: CanaryStanding, left: CanaryStanding): number | undefined {
  if (left.run.phase.kind !== 'holding') return undefined;
  const { phase } = run;
  const isDone = phase.kind === 'ended' && phase.end.kind === 'done';
  return isDone || phase.kind === 'asking' || phase.kind === 'setting' ? left.run.phase.step : undefined;
}

const BAR_COLUMNS = 12;

/** Where a canary stands, on one line: the step, a bar of the time that it has held, and the numbers. */
function progressLine(
  { run, tally, verdict, missing }: CanaryStanding,
  { version }: CanarySubject,
  isUnicode: boolean,
): string {
  const { phase, plan } = run;
  const step =
    'step' in phase ? `${stepWords(phase.step, plan)}  ${version} ${plan.steps[phase.step]}  ` : '';
  const samples = `${tally.failed} of ${tally.samples} failed`;
  const p99 = tally.p99Ms === undefined ? '' : `  p99 ${milliseconds(tally.p99Ms)}`;
  if (phase.kind !== 'holding') return `${step}${phase.kind}  ${samples}${p99}`;
  const share = Math.min(1, phase.heldMs / plan.holdMs);
  const filled = Math.round(share * BAR_COLUMNS);
  const [full, empty] = isUnicode ? ['━', '╌'] : ['=', '-'];
  const bar = full.repeat(filled) + empty.repeat(BAR_COLUMNS - filled);
  const waits = missing > 0 ? `  needs ${missing} more` : `  ${verdict}`;
  return `${step}${bar} ${Math.round(phase.heldMs / 1000)}/${Math.round(plan.holdMs / 1000)} s  ${samples}${p99}${share < 1 ? '' : waits}`;
}

/** The last line of a terminal, written anew in its place. Elsewhere there is none: lines that are all but the same help nobody. */
class RenewedLine {
  readonly #stream: NodeJS.WriteStream;
  #shown = '';

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  renew(text: string): void {
    if (!this.#stream.isTTY || text === this.#shown) return;
    this.#clear();
    // One column is left free, so that no terminal wraps the line.
    this.#shown = text.slice(0, Math.max(0, (this.#stream.columns || 80) - 1));
    this.#stream.write(this.#shown);
  }

  above(text: string): void {
    this.#clear();
    this.#stream.write(`${text}\n`);
  }

  end(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#shown !== '') this.#stream.write('\r\x1b[2K');
    this.#shown = '';
  }
}

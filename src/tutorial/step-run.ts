import { plainText } from '../plain-text.ts';
import type { StepId } from './step.ts';

/** One line that a step has shown while it ran; it is safe to draw. */
export type RunLine = {
  /** `weighbridge` for what we say ourselves. */
  readonly from: 'weighbridge' | 'stdout' | 'stderr';
  readonly text: string;
};

/** A named part of what a step waits for: a step of minikube's, a pod of Istio's. */
export type RunPart = {
  readonly name: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** What is told of it now, such as the status of a pod; empty where that is nothing. */
  readonly words: string;
};

/** How far the step is, as far as what it runs tells. */
export type RunProgress = {
  /** What it does now, in the words of what it runs. */
  readonly words: string;
  /** 0 to 1; undefined where nobody can tell. */
  readonly fraction: number | undefined;
  /** In their order. */
  readonly parts: readonly RunPart[];
};

/** What a step reports while it runs. */
export type RunEvent =
  /** This is run now, exactly; no shell reads it. */
  | { readonly kind: 'command'; readonly command: readonly string[] }
  /** Lines that it wrote, or that we say; not cleaned yet. */
  | { readonly kind: 'lines'; readonly lines: readonly RunLine[] }
  | { readonly kind: 'progress'; readonly progress: RunProgress }
  /** What it runs has made another context the kubeconfig's current one: the tutorial goes on there. */
  | { readonly kind: 'context'; readonly from: string; readonly to: string };

/** What is wrong, in the present tense, and what to do about it; empty where there is nothing to do. */
export type RunFailure = { readonly headline: string; readonly nextStep: string };

export type RunPhase =
  | { readonly kind: 'running' }
  /** It was told to stop: what it started gets a moment to end by itself. */
  | { readonly kind: 'cancelling' }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | ({ readonly kind: 'failed' } & RunFailure);

/** A step that runs, or the last one that did: what a screen shows of it. */
export type StepRun = {
  readonly step: StepId;
  readonly phase: RunPhase;
  readonly startedAtMs: number;
  /** What was run last; empty before the first. */
  readonly command: readonly string[];
  /** The last of what was shown, oldest first; at most 500. */
  readonly lines: readonly RunLine[];
  /** How many lines before these are no longer kept. */
  readonly droppedLines: number;
  /** Undefined while nothing tells how far it is. */
  readonly progress: RunProgress | undefined;
};

const MOST_LINES = 500;
/** More than any screen is wide: what is longer is cut, not folded. */
const MOST_CHARACTERS = 500;

export function startedRun(step: StepId, now: number): StepRun {
  return {
    step,
    phase: { kind: 'running' },
    startedAtMs: now,
    command: [],
    lines: [],
    droppedLines: 0,
    progress: undefined,
  };
}

/** The run after what it reports. Text is cleaned here, whoever wrote it. */
export function afterEvent(run: StepRun, event: RunEvent): StepRun {
  switch (event.kind) {
    case 'command':
      return { ...run, command: event.command, progress: undefined };
    case 'lines':
      return withLines(run, event.lines);
    case 'progress':
      return { ...run, progress: event.progress };
    case 'context':
      return withLines(run, [{ from: 'weighbridge', text: contextWords(event.from, event.to) }]);
  }
}

/** What is said when the current context is another one. */
export function contextWords(from: string, to: string): string {
  const before = from === '' ? '' : `, it was ${plainText(from, 120)}`;
  return `the kubeconfig's current context is now ${plainText(to, 120)}${before}; the tutorial goes on there`;
}

function withLines(run: StepRun, added: readonly RunLine[]): StepRun {
  const cleaned = added
    .slice(-MOST_LINES)
    .map(({ from, text }) => ({ from, text: plainText(text, MOST_CHARACTERS) }))
    .filter(({ text }) => text !== '');
  const lines = [...run.lines, ...cleaned].slice(-MOST_LINES);
  const dropped = run.lines.length + cleaned.length - lines.length + Math.max(0, added.length - MOST_LINES);
  return { ...run, lines, droppedLines: run.droppedLines + dropped };
}

/** The person wants it to stop; nothing where it has ended already. */
export function cancellingRun(run: StepRun): StepRun {
  return run.phase.kind === 'running' ? { ...run, phase: { kind: 'cancelling' } } : run;
}

/** How it ended. One that was told to stop is cancelled, whatever it failed with on the way out. */
export function endedRun(run: StepRun, failure: RunFailure | undefined): StepRun {
  if (!failure) return { ...run, phase: { kind: 'done' } };
  if (run.phase.kind === 'cancelling') return { ...run, phase: { kind: 'cancelled' } };
  return { ...run, phase: { kind: 'failed', ...failure } };
}

/** Whether it goes on, or is about to end. */
export function isUnderWay({ phase }: StepRun): boolean {
  return phase.kind === 'running' || phase.kind === 'cancelling';
}

import type { TutorialObject } from './manifests.ts';

export const STEP_IDS = ['tools', 'cluster', 'istio', 'versions', 'routing', 'shift', 'clean-up'] as const;

export type StepId = (typeof STEP_IDS)[number];

/** The steps that can be run up to. */
export const RUN_TO = [
  'tools',
  'cluster',
  'istio',
  'versions',
  'routing',
  'shift',
] as const satisfies readonly StepId[];

/** Something that goes wrong, and what to do about it. */
export type Trouble = {
  /** Stable, for programs. */
  readonly id: string;
  readonly sentence: string;
  readonly fix: string;
};

/** How far a step is, seen from what there is. */
export type Progress =
  | { readonly kind: 'done'; readonly evidence: readonly string[] }
  /** Not done, and nothing that follows needs it. */
  | { readonly kind: 'not-needed'; readonly evidence: readonly string[] }
  /** `evidence` is what of it is there already. */
  | { readonly kind: 'to-do'; readonly missing: readonly string[]; readonly evidence: readonly string[] }
  /** It cannot be done as things are: see the troubles. */
  | { readonly kind: 'blocked' }
  /** Nothing can see from here whether the person has done it. */
  | { readonly kind: 'yours'; readonly evidence: readonly string[] }
  /** It waits for another step, or for rights to look. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** How a step stands, in a word or two. */
export const PROGRESS_WORDS: Readonly<Record<Progress['kind'], string>> = {
  done: 'done',
  'not-needed': 'not needed',
  'to-do': 'to do',
  blocked: 'blocked',
  yours: 'yours to do',
  unknown: 'not yet',
};

/** What a step runs, in the order in which it does. */
export type Action =
  /** A command that changes this machine or the cluster. */
  | { readonly kind: 'command'; readonly words: string; readonly command: readonly string[] }
  /** A line for the person's own shell. */
  | { readonly kind: 'shell'; readonly words: string; readonly line: string }
  /** An object that is applied; the command does the same. */
  | {
      readonly kind: 'apply';
      readonly words: string;
      readonly command: readonly string[];
      readonly object: TutorialObject;
    }
  | {
      readonly kind: 'delete';
      readonly words: string;
      readonly command: readonly string[];
      readonly object: TutorialObject;
    }
  | { readonly kind: 'wait'; readonly words: string; readonly command: readonly string[] }
  /** What shows it to the person. */
  | { readonly kind: 'look'; readonly words: string; readonly command: readonly string[] }
  /** Keys of the screen, by the intents that they stand for. */
  | { readonly kind: 'keys'; readonly words: string; readonly keys: string };

/**
 * What a person may want of a step beside what it runs. It is done only when they ask for it by itself, and agree to what is
 * then shown: nothing that runs unattended ever does it.
 */
export type Offer = {
  /** Stable, for programs. */
  readonly id: 'new-cluster' | 'node-port' | 'delete-cluster';
  /** The question, without its mark. */
  readonly words: string;
  readonly runs: readonly Action[];
};

/** What is judged of a step. */
export type Judgement = {
  readonly progress: Progress;
  /** What stands in the way now. */
  readonly troubles: readonly Trouble[];
  /** What is otherwise than in the tutorial and does no harm. */
  readonly notes: readonly string[];
};

/** What a step says, whatever the machine and the cluster are like. */
export type StepText = {
  readonly id: StepId;
  readonly title: string;
  readonly why: readonly string[];
  /** How anybody can see that it is done. */
  readonly seenBy: string;
  readonly mayGoWrong: readonly Trouble[];
};

/** A step for one machine and one cluster. */
export type Step = StepText &
  Judgement & {
    /** 1 for the first. */
    readonly number: number;
    /** What running it would do now; empty where there is nothing to do. */
    readonly runs: readonly Action[];
    readonly offers: readonly Offer[];
    /** What takes it back. */
    readonly undo: readonly Action[];
  };

/** Whether the steps after it can go on. */
export function isPassed({ progress }: Pick<Judgement, 'progress'>): boolean {
  return progress.kind === 'done' || progress.kind === 'not-needed';
}

/** A command as a person types it into a POSIX shell. */
export function commandLine(command: readonly string[]): string {
  return command.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

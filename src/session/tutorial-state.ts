import type { TutorialPlace } from '../tutorial/facts.ts';
import type { VersionName } from '../tutorial/manifests.ts';
import type { Offer, Step, StepId } from '../tutorial/step.ts';
import type { StepRun } from '../tutorial/step-run.ts';

/** The tutorial as its panel shows it. What is done is never kept here: it is seen, again and again, from what there is. */
export type TutorialState = {
  readonly isOpen: boolean;
  /** As it was looked at last; undefined before the first look. */
  readonly seen: SeenTutorial | undefined;
  /** The step that the person looks at; undefined for the one that comes next. */
  readonly shown: StepId | undefined;
  /** Steps that the person does not want to do now. */
  readonly skipped: readonly StepId[];
  /** By how many lines the text of the step is scrolled. */
  readonly scrolled: number;
  /** What was confirmed, until the loop takes it up. */
  readonly asked: Plan | undefined;
  /** The step that runs, or the last one that did. */
  readonly run: StepRun | undefined;
  /** Each version as it was looked at by itself; a browser can look as well while the panel is open. */
  readonly pages: readonly VersionPage[];
  /** Splits that traffic agreed with while the panel was open, such as `50/50`. */
  readonly proved: readonly string[];
  /** What was confirmed and still needs the name of its context. */
  readonly unnamed: Plan | undefined;
  /** The context whose name was typed: later changes there do not ask for it again. */
  readonly namedContext: string | undefined;
  /** Addresses to open in a browser, and how often that was asked for. */
  readonly browse: { readonly urls: readonly string[]; readonly times: number };
};

export type SeenTutorial = {
  readonly steps: readonly Step[];
  /** Undefined where no cluster answers. */
  readonly place: TutorialPlace | undefined;
};

/** What is to be run, as it was shown to the person. */
export type Plan = {
  readonly step: StepId;
  /** What the step offers beside what it runs, where that was asked for. */
  readonly offer?: Offer['id'] | undefined;
  /** Every line of it that changes something. */
  readonly changes: readonly string[];
};

export type VersionPage = {
  readonly version: VersionName;
  /** Where this computer reaches it; empty where no port could be opened. */
  readonly url: string;
  /** What it shows, or why it shows nothing. */
  readonly words: string;
  readonly isShown: boolean;
};

export const CLOSED_TUTORIAL: TutorialState = {
  isOpen: false,
  seen: undefined,
  shown: undefined,
  skipped: [],
  scrolled: 0,
  asked: undefined,
  run: undefined,
  pages: [],
  proved: [],
  unnamed: undefined,
  namedContext: undefined,
  browse: { urls: [], times: 0 },
};

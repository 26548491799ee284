import type { RawWeights } from '../kube/split.ts';
import type { Intent } from './intents.ts';
import type { Plan } from './tutorial-state.ts';

export type PaneId = 'health' | 'versions' | 'weights' | 'responses' | 'tutorial';

/** In the order in which the tab key takes them; the tutorial is one where it is open. */
export const PANES: readonly PaneId[] = ['health', 'versions', 'weights', 'responses', 'tutorial'];

/** The panes that are open. */
export function panesOf({
  tutorial,
}: {
  readonly tutorial: { readonly isOpen: boolean };
}): readonly PaneId[] {
  return PANES.filter(pane => pane !== 'tutorial' || tutorial.isOpen);
}

/** Panes whose rows can be selected, filtered and opened. */
export type RowsPane = 'health' | 'versions';

/** Which rows of a pane are shown, and which one is highlighted. */
export type RowsState = {
  readonly filter: string;
  /** Whether keys go into the filter. */
  readonly isFiltering: boolean;
  /** By what it is, because rows come and go; absent until the highlight was moved. */
  readonly chosen: string | undefined;
};

/** What the details are of. A version is known by its label: what it is made of may be replaced meanwhile. */
export type Subject =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'version'; readonly label: string };

export type Overlay =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'help';
      readonly index: number;
      readonly filter: string;
      readonly isFiltering: boolean;
      /** What is there again once the help is closed, and whose keys it begins with. */
      readonly behind: Overlay;
    }
  /** The ways to the gateway, with what came of each. */
  | { readonly kind: 'ways'; readonly index: number }
  | {
      readonly kind: 'list';
      readonly list: ListId;
      readonly filter: string;
      /** Whether keys go into the filter. */
      readonly isFiltering: boolean;
      /** The highlighted row by what it is, because the list may change while it is open; absent until it was moved. */
      readonly chosen: string | undefined;
    }
  /** One row of the doctor's list in full. */
  | { readonly kind: 'finding'; readonly id: string }
  /** One node, pod or version in full, from one of its lines on. */
  | { readonly kind: 'details'; readonly subject: Subject; readonly index: number }
  /** One shift of the history in full, from one of its lines on. */
  | { readonly kind: 'shift'; readonly number: number; readonly index: number }
  | {
      readonly kind: 'confirm';
      readonly question: string;
      readonly detail: string;
      readonly accept: string;
      /** What was requested when it was asked: accepting means nothing once that has changed. */
      readonly requested: RawWeights;
      /** What accepting records, so that `intent` is not asked about again. */
      readonly grants: readonly string[];
      readonly intent: Intent;
      readonly focus: 'cancel' | 'accept';
    }
  /** What a step of the tutorial would run. */
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly question: string;
      /** What else may happen. */
      readonly notes: readonly string[];
      readonly focus: 'cancel' | 'accept';
      /** By how many lines it is scrolled. */
      readonly index: number;
    }
  | {
      readonly kind: 'prompt';
      readonly asks: PromptSubject;
      readonly draft: string;
      readonly problem: string;
    };

/** What there are lists of. */
export type ListId = 'routes' | 'contexts' | 'namespaces' | 'findings' | 'shifts' | 'messages' | 'copies';

export type PromptSubject = 'weight' | 'gateway' | 'method' | 'host' | 'path' | 'header' | 'context';

/** `auto` can be read on dark and on light backgrounds; `mono` is without colours; `high-contrast` dims nothing. */
export const THEMES = ['auto', 'mono', 'high-contrast'] as const;
export type Theme = (typeof THEMES)[number];

/** What is typed after a colon. */
export type CommandLine = {
  readonly text: string;
  /** The completion that the arrows moved to; absent until they are pressed. */
  readonly candidate: number | undefined;
  /** Why enter did nothing with it; empty while it is typed. */
  readonly problem: string;
};

export type UiState = {
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal's locale can show more than ASCII. */
  readonly isUnicode: boolean;
  readonly theme: Theme;
  /** Whether the terminal has more colours than the 16 whose looks are its own. */
  readonly hasFixedColours: boolean;
  readonly focus: PaneId;
  /** Whether the focused pane has the whole screen. */
  readonly isZoomed: boolean;
  readonly overlay: Overlay;
  /** Lies over the status line, whatever else is open; keys go there first. */
  readonly commandLine: CommandLine | undefined;
  readonly paneRows: Readonly<Record<RowsPane, RowsState>>;
  /** How many code units of the line that is typed stand behind the cursor. */
  readonly behindCursor: number;
  /** Whether the program is to be suspended, once weights under way are sent. */
  readonly isSuspending: boolean;
  /** Time of the last key that did something; 0 before the first. */
  readonly actedAtMs: number;
};

/** What the terminal offers. */
export type ScreenSize = Pick<UiState, 'columns' | 'rows' | 'isUnicode'>;

const ALL_ROWS: RowsState = { filter: '', isFiltering: false, chosen: undefined };

export function initialUi(screen: ScreenSize): UiState {
  return {
    ...screen,
    theme: 'auto',
    hasFixedColours: true,
    focus: 'weights',
    isZoomed: false,
    overlay: { kind: 'none' },
    commandLine: undefined,
    paneRows: { health: ALL_ROWS, versions: ALL_ROWS },
    behindCursor: 0,
    isSuspending: false,
    actedAtMs: 0,
  };
}

/** The state with another overlay over its screen, or with none. */
export function withOverlay<State extends { readonly ui: UiState }>(state: State, overlay: Overlay): State {
  return { ...state, ui: { ...state.ui, overlay } };
}

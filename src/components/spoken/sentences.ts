import { sameWeights } from '../../kube/split.ts';
import { capital, withoutNumbers } from '../../sentence.ts';
import { completion } from '../../session/command-line.ts';
import { healthRows } from '../../session/health-rows.ts';
import { noticesSince } from '../../session/notices.ts';
import { focusedRow } from '../../session/pane-rows.ts';
import { placeWords } from '../../session/places.ts';
import { connectionPhase, versions } from '../../session/selectors.ts';
import type { AppState } from '../../session/state.ts';
import { shownStep } from '../../session/tutorial-panel.ts';
import { standing, whereToLook } from '../standing.ts';
import { isSameOverlay, movedSentences, openedSentences, typedSentences } from './overlay-sentences.tsx';
import {
  healthSentence,
  lastShift,
  paneSentences,
  tutorialLines,
  verdictSaid,
  versionSentence,
  weightsSaid,
} from './pane-sentences.ts';

/** What one part of the screen says when it changed from one state to another: nothing where only numbers moved. */
type Topic = (before: AppState, after: AppState) => readonly string[];

/** In the order in which they are said. */
const TOPICS: readonly Topic[] = [
  place,
  connection,
  weights,
  verdict,
  shift,
  health,
  versionsBehind,
  failures,
  reach,
  notices,
  status,
  selection,
  focus,
  row,
  tutorial,
  overlay,
  commandLine,
];

/**
 * What changed between two states of the screen, as sentences for people who hear it or read it as lines. What moves by itself,
 * such as ages, shares and latencies, is not said: panes are read when they are focused.
 */
export function sentencesBetween(before: AppState, after: AppState): readonly string[] {
  if (before === after) return [];
  return TOPICS.flatMap(topic => topic(before, after));
}

function place(before: AppState, after: AppState): readonly string[] {
  const [was, is] = [placeSaid(before), placeSaid(after)];
  return is === was || is === '' ? [] : [is];
}

function placeSaid({ connection, target, places, weights }: AppState): string {
  if (places.move.kind !== 'staying') return `Going to ${placeWords(places.move.to)}.`;
  const { context, namespace, isDemo, isProtected, isUnverified, isReadOnly } = connection;
  if (namespace === '' || target.kind === 'finding') return '';
  const where = isDemo ? 'Demo cluster' : `Context ${context}`;
  const parts = [
    where,
    `namespace ${namespace}`,
    target.kind === 'chosen' ? `VirtualService ${target.name}` : '',
    weights.applied?.route.name ? `route ${weights.applied.route.name}` : '',
    isProtected ? 'protected' : '',
    isUnverified ? 'certificate not verified' : '',
    isReadOnly ? 'read-only' : '',
  ];
  const why = target.kind === 'none' ? ` ${target.reason} ${target.nextStep}` : '';
  return `${parts.filter(part => part !== '').join(', ')}.${why}`;
}

function connection(before: AppState, after: AppState): readonly string[] {
  const [was, is] = [connectionPhase(before.cluster), connectionPhase(after.cluster)];
  if (was.kind === is.kind) return [];
  switch (is.kind) {
    case 'connecting':
      return ['Connecting.'];
    case 'live':
      return [was.kind === 'lost' ? 'Connected again.' : 'Connected.'];
    case 'lost':
      return [`No connection: ${is.reason} ${is.nextStep}`.trim()];
  }
}

/** A requested split that is applied by the time that it is said needs one sentence. */
function weights(before: AppState, after: AppState): readonly string[] {
  const { applied, requested } = after.weights;
  if (!applied) return before.weights.applied ? ['There are no weights to change here now.'] : [];
  const isSameRoute = before.weights.applied?.route.destinations.length === applied.route.destinations.length;
  const isNew = !isSameRoute || !sameWeights(before.weights.applied?.weights ?? [], applied.weights);
  const isAsked = !sameWeights(requested, applied.weights);
  const isNewlyAsked = isAsked && !sameWeights(requested, before.weights.requested);
  return [
    ...(isNew ? [`Applied: ${weightsSaid(after, applied.weights)}.`] : []),
    ...(isNewlyAsked ? [`Requested: ${weightsSaid(after, requested)}.`] : []),
  ];
}

/** Once for each kind of verdict on a split; numbers that grow are no other verdict. */
function verdict(before: AppState, after: AppState): readonly string[] {
  const key = ({ traffic, weights }: AppState) => {
    const { sampling, observed } = traffic;
    if (sampling.kind !== 'sampling') return sampling.kind;
    const failing = observed?.verdict.kind === 'unattributed' && observed.failures.length > 0;
    return `${observed?.verdict.kind}${failing} ${weights.applied?.weights.join('/')}`;
  };
  if (!after.weights.applied || key(before) === key(after)) return [];
  return [verdictSaid(after)];
}

function shift(before: AppState, after: AppState): readonly string[] {
  const key = ({ traffic: { observed } }: AppState) => {
    const record = observed?.shift;
    return record && `${record.outcome.kind} ${record.keyToTrafficMs} ${record.acceptedAtMs}`;
  };
  const record = after.traffic.observed?.shift;
  const isOver = record !== undefined && record.outcome.kind !== 'settling';
  return isOver && key(before) !== key(after) ? lastShift(after.traffic) : [];
}

/** Rows that came or changed, and those that went; ages are no change. */
function rowsBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  gone: (key: string) => string,
): readonly string[] {
  const changed = [...after].flatMap(([key, text]) => (before.get(key) === text ? [] : [text]));
  const left = [...before.keys()].filter(key => !after.has(key)).map(gone);
  return [...changed, ...left];
}

function health(before: AppState, after: AppState): readonly string[] {
  const rows = ({ cluster, now }: AppState) =>
    new Map(healthRows(cluster, now).map(row => [row.key, healthSentence(row)]));
  const name = (key: string) => key.slice(key.indexOf('/') + 1);
  if (connectionPhase(after.cluster).kind === 'connecting') return [];
  return rowsBetween(rows(before), rows(after), key => `Gone: ${name(key)}.`);
}

function versionsBehind(before: AppState, after: AppState): readonly string[] {
  const rows = (state: AppState) =>
    new Map(
      versions(state)
        // What is still being read is no news.
        .filter(({ health, words }) => health !== 'unknown' || !words.endsWith('is being read'))
        .map(version => [version.label, versionSentence(version)]),
    );
  return rowsBetween(rows(before), rows(after), () => '').filter(text => text !== '');
}

/** Each kind of failure once, when it is first seen in the chart. */
function failures(before: AppState, after: AppState): readonly string[] {
  const known = new Set(before.traffic.observed?.failures.map(({ label }) => label));
  return (after.traffic.observed?.failures ?? [])
    .filter(({ label }) => !known.has(label))
    .map(({ label, meaning, check }) => `Failing: ${label}. ${meaning} ${check}`);
}

/** Where samples go, and for other programs where the demo cluster is: once, and not again whenever nothing else is to be said. */
function reach(before: AppState, after: AppState): readonly string[] {
  const key = ({ connection, traffic: { sampling } }: AppState) =>
    connection.isDemo ? connection.kubeconfig : sampling.kind === 'sampling' && sampling.place;
  const { text } = whereToLook(after);
  return key(before) === key(after) || text === '' ? [] : [capital(text)];
}

const LEVEL_WORDS = { info: '', warning: 'Warning: ', error: 'Error: ' } as const;

function notices(before: AppState, after: AppState): readonly string[] {
  const added = noticesSince(before.notices, after.notices);
  return added.map(({ level, text }) => capital(`${LEVEL_WORDS[level]}${text}`));
}

/** What holds for as long as it holds, said when it begins. */
function status(before: AppState, after: AppState): readonly string[] {
  const said = (state: AppState) => {
    const { level, text } = standing(state);
    const isSaidElsewhere =
      connectionPhase(state.cluster).kind !== 'live' || state.places.move.kind !== 'staying';
    const isOften = text === focusedRow(state)?.name || text === whereToLook(state).text;
    return isSaidElsewhere || isOften || text === '' ? '' : capital(`${LEVEL_WORDS[level]}${text}`);
  };
  const [was, is] = [said(before), said(after)];
  return is === '' || withoutNumbers(is) === withoutNumbers(was) ? [] : [is];
}

function selection(before: AppState, after: AppState): readonly string[] {
  const labels = after.weights.applied?.route.destinations.map(({ label }) => label) ?? [];
  const { selected, locked } = after.weights;
  const turned = labels.filter(
    (_, at) => before.weights.applied && locked.includes(at) !== before.weights.locked.includes(at),
  );
  const isMoved = before.weights.applied !== undefined && selected !== before.weights.selected;
  return [
    ...(isMoved && labels[selected] !== undefined ? [`Selected: ${labels[selected]}.`] : []),
    ...turned.map(label => `${locked.includes(labels.indexOf(label)) ? 'Locked' : 'Unlocked'}: ${label}.`),
  ];
}

function focus(before: AppState, after: AppState): readonly string[] {
  return before.ui.focus === after.ui.focus ? [] : paneSentences(after, after.ui.focus);
}

/** The row of Health or Versions that the arrows moved to. */
function row(before: AppState, after: AppState): readonly string[] {
  if (before.ui.focus !== after.ui.focus || before.ui.paneRows === after.ui.paneRows) return [];
  const [was, is] = [focusedRow(before), focusedRow(after)];
  if (is === undefined || was?.id === is.id) return [];
  const more = is.cells.filter(cell => cell !== '' && !is.name.includes(cell));
  return [`${[is.name, ...more].join(', ')}.`];
}

/** The tutorial's panel reads what is new of it; focusing it reads all of it. */
function tutorial(before: AppState, after: AppState): readonly string[] {
  if (!after.tutorial.isOpen) return before.tutorial.isOpen ? ['Tutorial closed.'] : [];
  if (before.tutorial === after.tutorial || before.ui.focus !== after.ui.focus) return [];
  const isSameStep = before.tutorial.isOpen && shownStep(before)?.id === shownStep(after)?.id;
  if (!isSameStep) return paneSentences(after, 'tutorial');
  const known = new Set(tutorialLines(before).map(withoutNumbers));
  return tutorialLines(after).filter(line => !known.has(withoutNumbers(line)));
}

function overlay(before: AppState, after: AppState): readonly string[] {
  const [was, is] = [before.ui.overlay, after.ui.overlay];
  if (was === is) return [];
  if (isSameOverlay(was, is)) return movedSentences(before, after);
  return is.kind === 'none' ? ['Closed.'] : openedSentences(after);
}

const MOST_FITTING = 5;

function commandLine(before: AppState, after: AppState): readonly string[] {
  const [was, is] = [before.ui.commandLine, after.ui.commandLine];
  if (was === is || is === undefined) return [];
  if (was === undefined) return ['Command line.'];
  const { lines } = completion(after);
  const fitting =
    is.text === '' || lines.length === 0 ? [] : [`Fits: ${lines.slice(0, MOST_FITTING).join(', ')}.`];
  return [...typedSentences(after, is.problem), ...fitting];
}

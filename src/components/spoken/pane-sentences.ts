import { isSplit, type RawWeights } from '../../kube/split.ts';
import type { Version } from '../../kube/versions.ts';
import { capital } from '../../sentence.ts';
import { type HealthRow, healthRows } from '../../session/health-rows.ts';
import { versions } from '../../session/selectors.ts';
import type { AppState } from '../../session/state.ts';
import type { PaneId } from '../../session/ui-state.ts';
import { missingRights } from '../missing-rights.tsx';
import { samplingWords } from '../sampling-words.ts';
import type { Status } from '../theme.ts';
import { stepKeys, stepLines, stepMarks } from '../tutorial-lines.ts';
import {
  failedBeside,
  gatewayPodsWords,
  shiftWords,
  type VerdictWords,
  verdictWords,
} from '../verdict-words.ts';
import { versionStatus, whyNotReady } from '../version-line.tsx';

/** What an icon says, for ears. */
export const STATUS_WORDS: Readonly<Record<Status, string>> = {
  well: 'ok',
  warning: 'warning',
  failing: 'failing',
  waiting: 'waiting',
};

const NAMES: Readonly<Record<PaneId, string>> = {
  health: 'Health',
  versions: 'Versions',
  weights: 'Weights',
  responses: 'Responses',
  tutorial: 'Tutorial',
};

const READERS: Readonly<Record<PaneId, (state: AppState) => readonly string[]>> = {
  health: healthSentences,
  versions: versionSentences,
  weights: weightSentences,
  responses: responseSentences,
  tutorial: tutorialSentences,
};

/** All that a pane shows, its name first: said when it is focused, and again when its number is pressed there. */
export function paneSentences(state: AppState, pane: PaneId): readonly string[] {
  const sentences = READERS[pane](state);
  return [`${NAMES[pane]}.`, ...(sentences.length > 0 ? sentences : ['Nothing to show yet.'])];
}

function healthSentences({ cluster, now }: AppState): readonly string[] {
  const rights = missingRights([cluster.nodes, cluster.istioPods]);
  return [...healthRows(cluster, now).map(healthSentence), ...rights];
}

/** One row of Health; what changes with every second, its age, is left out. */
export function healthSentence({ status, name, ready, words, why }: HealthRow): string {
  return sentence(`${capital(STATUS_WORDS[status])}: ${name}`, ready, words, why);
}

function versionSentences(state: AppState): readonly string[] {
  const { deployments, pods, services, destinationRules } = state.cluster;
  const rights = missingRights([deployments, pods, services, destinationRules]);
  return [...versions(state).map(versionSentence), ...rights];
}

export function versionSentence(version: Version): string {
  const status = versionStatus(version);
  const ready = version.health === 'unknown' ? '' : `${version.readyPods} of ${version.wantedPods} ready`;
  const why = status === 'well' ? '' : whyNotReady(version);
  return sentence(`${capital(STATUS_WORDS[status])}: ${version.label}`, ready, version.image, why);
}

function weightSentences(state: AppState): readonly string[] {
  const { applied, requested, selected, locked } = state.weights;
  if (!applied) {
    const { target } = state;
    return target.kind === 'none' ? [`${target.reason} ${target.nextStep}`] : [];
  }
  const { observed } = state.traffic;
  const rows = applied.route.destinations.map(({ label }, at) => {
    const share = observed?.versions.find(version => version.label === label)?.share;
    return sentence(
      `${at === selected ? 'Selected: ' : ''}${label}`,
      `requested ${requested[at] ?? 'nothing'}`,
      `applied ${applied.weights[at] ?? 'nothing'}`,
      share === undefined ? '' : `observed ${(share * 100).toFixed(1)} percent`,
      locked.includes(at) ? 'locked' : '',
    );
  });
  return [...rows, verdictSaid(state)];
}

function responseSentences({ traffic }: AppState): readonly string[] {
  const { observed, sampling, isPaused } = traffic;
  if (!observed || sampling.kind !== 'sampling') return [capital(`${samplingWords(sampling)}.`)];
  const { latency, failures } = observed;
  const failed = failures.reduce((sum, { count }) => sum + count, 0);
  return [
    `Sampling ${sampling.place}${isPaused ? ', paused' : ''}, ${failed} failed.`,
    ...(latency ? [`p50 ${latency.p50Ms.toFixed(0)} milliseconds, p99 ${latency.p99Ms.toFixed(0)}.`] : []),
    ...failures.map(
      ({ count, label, meaning, check }) => `${capital(label)}, ${count} of them: ${meaning} ${check}`,
    ),
    ...lastShift(traffic),
  ];
}

/** The step that is looked at: how it stands, what there is to know of it, and what its keys do. */
function tutorialSentences(state: AppState): readonly string[] {
  const mark = stepMarks(state).find(({ isShown }) => isShown);
  const title = mark ? [`Step ${mark.number}, ${mark.title}, ${mark.words}.`] : [];
  return [...title, ...tutorialLines(state), capital(`${stepKeys(state)}.`)];
}

/** The lines of the step that is looked at. */
export function tutorialLines(state: AppState): readonly string[] {
  return stepLines(state).map(({ text, status }) =>
    status ? `${capital(STATUS_WORDS[status])}: ${text}` : text,
  );
}

/** Room for all of it: nothing is cut for ears. */
const ANY_COLUMNS = 1_000;

/** What became of the last shift; nothing where none was made. */
export function lastShift({ observed }: AppState['traffic']): readonly string[] {
  const words = shiftWords(observed, ANY_COLUMNS);
  return words === '' ? [] : [capital(`${words}.`)];
}

/** The verdict with its numbers, or why there is none. */
export function verdictSaid({ traffic }: AppState): string {
  const words = verdictOf(traffic);
  if (!words) return capital(`${samplingWords(traffic.sampling)}.`);
  return `${capital(STATUS_WORDS[words.status])}: ${words.text}${gatewayPodsWords(traffic.sampling)}.`;
}

function verdictOf({ observed, sampling, observedAtMs }: AppState['traffic']): VerdictWords | undefined {
  if (!observed || sampling.kind !== 'sampling') return undefined;
  return verdictWords(observed.verdict, observedAtMs, failedBeside(observed));
}

/** `v1 40, v2 60`, or the weights as they are written where they are no split. */
export function weightsSaid(state: AppState, weights: RawWeights): string {
  const labels = state.weights.applied?.route.destinations.map(({ label }) => label) ?? [];
  const said = labels.map((label, at) => `${label} ${weights[at] ?? 'nothing'}`).join(', ');
  return isSplit(weights) ? said : `${said}, which are not percent`;
}

/** The parts that there are, as one sentence. */
function sentence(...parts: readonly string[]): string {
  const said = parts.filter(part => part !== '').join(', ');
  return /[.!?]$/.test(said) ? said : `${said}.`;
}

import type { AccessQuestion, Collection } from '../kube/cluster-api.ts';
import { isSamePermission, permissionKey, permissionWords } from '../kube/permission.ts';
import { ISTIO_GROUP } from '../kube/virtual-service.ts';
import { type Intent, needsWriting } from './intents.ts';
import type { AppState } from './state.ts';
import { planWatches } from './watch-plan.ts';

/** An API server's answer to whether the person may do something. */
export type AccessAnswer = { readonly question: AccessQuestion; readonly isGranted: boolean };

/** What the person may do. What was not answered counts as given: the request itself will tell. */
export type Access = {
  readonly answers: readonly AccessAnswer[];
  /** When something happened that contradicts an answer, or makes a person want a new one. */
  readonly doubtedAtMs: number | undefined;
};

/** Every right that a key or a pane needs now, the most important first. */
export function accessQuestions(state: AppState): readonly AccessQuestion[] {
  return [
    patchQuestion(state),
    portForwardQuestion(state),
    ...watchedCollections(state).flatMap(({ group, plural, namespace }) =>
      ['list', 'watch'].map(verb => ({
        verb,
        group,
        resource: plural,
        ...(namespace === undefined ? {} : { namespace }),
      })),
    ),
  ];
}

/** What the panes need, each once. Rights do not depend on the version that is read. */
function watchedCollections(state: AppState): readonly Collection[] {
  const needed = Object.values(planWatches(state, 'v1'))
    .flat()
    .filter(({ isOptional }) => isOptional !== true)
    .map(({ collection }) => collection);
  const place = ({ group, plural, namespace }: Collection) => JSON.stringify([group, plural, namespace]);
  return [...new Map(needed.map(collection => [place(collection), collection])).values()];
}

/** What was answered to the questions that are of concern now: answers about what was chosen before are none of them. */
export function currentAnswers(state: AppState): readonly AccessAnswer[] {
  const asked = new Set(accessQuestions(state).map(permissionKey));
  return state.access.answers.filter(({ question }) => asked.has(permissionKey(question)));
}

/** The right that every write needs. It names the object: a Role may grant a single one. */
export function patchQuestion(state: AppState): AccessQuestion {
  return { verb: 'patch', group: ISTIO_GROUP, resource: 'virtualservices', ...writtenObject(state) };
}

/** What a write would change; without a name while no VirtualService is chosen. */
function writtenObject({ target, connection }: AppState): { namespace: string; name?: string } {
  if (target.kind !== 'chosen') return { namespace: connection.namespace };
  return { namespace: target.namespace, name: target.name };
}

/** The right that an intent needs and the person does not have, as the API server answered; undefined where there is none. */
export function missingPermission(state: AppState, intent: Intent): AccessQuestion | undefined {
  if (needsWriting(intent, state.ui.focus)) return ifMissing(state, patchQuestion(state));
  if (
    intent.kind !== 'open-list' ||
    intent.list !== 'routes' ||
    state.cluster.virtualServices.items.length > 0
  )
    return undefined;
  const { namespace } = state.connection;
  return ifMissing(state, { verb: 'list', group: ISTIO_GROUP, resource: 'virtualservices', namespace });
}

/** Why no weight may be patched for want of a right, if so. */
export function accessRefusal(state: AppState): string | undefined {
  const missing = ifMissing(state, patchQuestion(state));
  return missing && `read-only: ask for ${permissionWords(missing)}`;
}

/** Why no version can be read by itself for want of a right, if so. */
export function portForwardRefusal(state: AppState): string | undefined {
  return ifMissing(state, portForwardQuestion(state)) && 'no right to port-forward';
}

function portForwardQuestion(state: AppState): AccessQuestion {
  const { namespace } = writtenObject(state);
  return { verb: 'create', group: '', resource: 'pods', subresource: 'portforward', namespace };
}

function ifMissing({ access }: AppState, question: AccessQuestion): AccessQuestion | undefined {
  const isMissing = access.answers.some(
    answer => !answer.isGranted && isSamePermission(answer.question, question),
  );
  return isMissing ? question : undefined;
}

/** The state once answers are in: each replaces what was answered to the same question before. */
export function accessAnswered(state: AppState, answers: readonly AccessAnswer[]): AppState {
  const isNew = ({ question }: AccessAnswer) =>
    !answers.some(answer => isSamePermission(answer.question, question));
  return {
    ...state,
    access: { ...state.access, answers: [...state.access.answers.filter(isNew), ...answers] },
  };
}

/** Asks for the answers to be renewed: the API server refused what it had granted, or a key wants what it had refused. */
export function accessDoubted(state: AppState, now: number): AppState {
  return { ...state, access: { ...state.access, doubtedAtMs: now } };
}

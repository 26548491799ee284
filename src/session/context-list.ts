import { plainText } from '../plain-text.ts';
import type { ListRow, ListSource } from './list.ts';
import { withNotice } from './notices.ts';
import type { Place } from './place.ts';
import { placeChosen } from './places.ts';
import type { AppState, Connection } from './state.ts';

const DEMO_ID = 'demo';
const MAX_NAME = 120;

/** The contexts of the kubeconfig, and the demo cluster. */
export const contextList: ListSource = {
  title: () => 'Which cluster? The kubeconfig stays as it is.',
  headings: ['context', 'API server', 'namespace', ''],
  rows: state => [...state.places.contexts.map(context => contextRow(state, context)), demoRow(state)],
  // The demo is always there to choose.
  empty: () => '',
  choose: (state, id, now) => {
    if (isCurrent(state.connection, id)) return withNotice(state, 'info', 'this is where you are', now);
    return placeChosen(state, placeOf(state, id), now);
  },
};

/** What can be typed for a place: the names of the contexts, and one for the demo cluster. */
export function contextNames({ places }: AppState): readonly string[] {
  const names = places.contexts.map(({ name }) => plainText(name, MAX_NAME));
  return names.includes(DEMO_ID) ? names : [...names, DEMO_ID];
}

/** The place that a typed name means; undefined where there is none. */
export function placeNamed(state: AppState, typed: string): Place | undefined {
  const context = state.places.contexts.find(({ name }) => plainText(name, MAX_NAME) === typed);
  if (context) return placeOf(state, idOf(context.name));
  return typed === DEMO_ID ? placeOf(state, DEMO_ID) : undefined;
}

/** Goes to a place, unless that is where the person is. */
export function placeTyped(state: AppState, typed: string, now: number): AppState {
  const place = placeNamed(state, typed);
  if (!place) return state;
  return contextList.choose(state, place.kind === 'demo' ? DEMO_ID : idOf(place.context), now);
}

type Context = AppState['places']['contexts'][number];

const idOf = (context: string) => `context:${context}`;

function placeOf({ places }: AppState, id: string): Place {
  const context = places.contexts.find(({ name }) => idOf(name) === id);
  return context
    ? { kind: 'context', context: context.name, namespace: undefined }
    : { kind: 'demo', namespace: undefined };
}

function isCurrent({ isDemo, contextName }: Connection, id: string): boolean {
  return id === (isDemo ? DEMO_ID : idOf(contextName));
}

function contextRow({ connection }: AppState, context: Context): ListRow {
  const { name, serverHost, namespace, isProtected } = context;
  return {
    id: idOf(name),
    mark: isCurrent(connection, idOf(name)) ? 'current' : 'none',
    cells: [
      plainText(name, MAX_NAME),
      plainText(serverHost, 120),
      plainText(namespace, 63),
      isProtected ? 'PROTECTED' : '',
    ],
    detail: isProtected
      ? 'Protected: sampling starts paused there, and the first change of weights asks.'
      : '',
  };
}

function demoRow({ connection }: AppState): ListRow {
  return {
    id: DEMO_ID,
    mark: isCurrent(connection, DEMO_ID) ? 'current' : 'none',
    cells: ['demo cluster', 'inside weighbridge', 'default', ''],
    detail:
      'A small cluster with Istio inside this program: nothing that you do there touches anything else.',
  };
}

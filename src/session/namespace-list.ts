import { plainText } from '../plain-text.ts';
import type { ListRow, ListSource } from './list.ts';
import { noSuch } from './nearest-names.ts';
import { withNotice } from './notices.ts';
import type { Place } from './place.ts';
import { placeChosen, placeRemembered } from './places.ts';
import type { AppState } from './state.ts';

/** The namespaces of the cluster; where they may not be listed, those that were chosen before and the one that is typed. */
export const namespaceList: ListSource = {
  title: ({ places: { namespaces } }) =>
    namespaces.kind === 'refused' ? 'Which namespace? Type its name.' : 'Which namespace?',
  headings: ['namespace', ''],
  rows: (state, filter) => {
    const known = namespaceNames(state);
    const typed = typedName(state, filter);
    const names = typed === undefined || known.includes(typed) ? known : [...known, typed];
    return names.map(name => namespaceRow(state, name, name === typed));
  },
  empty: ({ places: { namespaces } }) =>
    namespaces.kind === 'refused' ? `${namespaces.reason} Press / and type the name.` : 'Reading…',
  choose: (state, name, now) => {
    if (name === state.connection.namespace) return withNotice(state, 'info', 'this is where you are', now);
    const kept = placeRemembered(state, { namespace: name, route: undefined, atMs: now });
    return placeChosen(kept, { ...here(state), namespace: name }, now);
  },
};

/** Every namespace that is known of, in the order of the alphabet. */
export function namespaceNames(state: AppState): readonly string[] {
  return [...new Set([...listed(state), ...remembered(state)])].toSorted();
}

/** Why nobody can go to a namespace of that name; undefined where one can, as far as the cluster says. */
export function namespaceProblem(state: AppState, name: string): string | undefined {
  if (!DNS_LABEL.test(name)) return `${plainText(name, 63)} is no name of a namespace`;
  const names = namespaceNames(state);
  const isKnown = state.places.namespaces.kind !== 'read' || names.includes(name);
  return isKnown ? undefined : noSuch('namespace', name, names);
}

function here({ connection: { isDemo, contextName } }: AppState): Place {
  return isDemo
    ? { kind: 'demo', namespace: undefined }
    : { kind: 'context', context: contextName, namespace: undefined };
}

function listed({ places: { namespaces }, connection }: AppState): readonly string[] {
  if (namespaces.kind === 'read') return namespaces.names;
  return connection.namespace === '' ? [] : [connection.namespace];
}

/** Once the cluster says which there are, the others are gone. */
function remembered({ places: { namespaces, remembered } }: AppState): readonly string[] {
  return namespaces.kind === 'read' ? [] : remembered.map(({ namespace }) => namespace);
}

/** A name as Kubernetes takes one for a namespace. */
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The filter as a namespace, where the cluster does not say which there are. */
function typedName({ places: { namespaces } }: AppState, filter: string): string | undefined {
  const name = filter.trim();
  return namespaces.kind !== 'read' && DNS_LABEL.test(name) ? name : undefined;
}

function namespaceRow({ connection, places }: AppState, name: string, isTyped: boolean): ListRow {
  const isChosenBefore = places.remembered.some(({ namespace }) => namespace === name);
  const typed = isTyped ? 'as typed' : '';
  return {
    id: name,
    mark: name === connection.namespace ? 'current' : 'none',
    cells: [plainText(name, 63), isChosenBefore ? 'chosen before' : typed],
    detail: places.namespaces.kind === 'refused' ? places.namespaces.reason : '',
  };
}

import { type ListRow, matching } from '../session/list.ts';
import { refusal } from '../session/refusal.ts';
import type { AppState } from '../session/state.ts';
import { commandWords, TYPED_COMMANDS } from '../session/typed-commands.ts';
import type { Overlay } from '../session/ui-state.ts';
import type { Binding, KeyContext } from './binding.ts';
import { activeContexts, contextWords, keyRefusal } from './key-lookup.ts';
import { keymap } from './keymap.ts';

/** A line of the help. */
export type HelpRow =
  | { readonly kind: 'heading'; readonly text: string }
  /** `refusal` says why it can do nothing now; empty where it can. `where` is empty where the heading says it. */
  | {
      readonly kind: 'entry';
      readonly keys: string;
      readonly sentence: string;
      readonly where: string;
      readonly refusal: string;
    };

type Section = { readonly heading: string; readonly rows: readonly ListRow[] };

type Help = Extract<Overlay, { kind: 'help' }>;

/**
 * What the help says: the keys of the place that it was opened from, those of everywhere, all others, and the commands. With a
 * filter, those that hold every word of it.
 */
export function helpRows(state: AppState, { filter, behind }: Help): readonly HelpRow[] {
  const there = { ...state, ui: { ...state.ui, overlay: behind, commandLine: undefined } };
  return sections(there).flatMap(({ heading, rows }) => {
    const left = matching(rows, filter);
    return left.length === 0 ? [] : [{ kind: 'heading', text: heading } as const, ...left.map(asEntry)];
  });
}

function sections(there: AppState): readonly Section[] {
  const active = activeContexts(there);
  const own = active.filter(context => context !== 'everywhere');
  const isHere = ({ context }: Binding) => own.some(place => context.includes(place));
  const isEverywhere = ({ context }: Binding) => context.includes('everywhere');
  const isInForce = (binding: Binding) => active.includes('everywhere') || isHere(binding);
  const everywhere = keymap.filter(isEverywhere);
  const others = keymap.filter(binding => !isEverywhere(binding));
  // The most particular place first.
  const here = own.flatMap(place => others.filter(({ context }) => placeOf(context, own) === place));
  return [
    { heading: `Here: ${contextWords({ context: own })}`, rows: here.map(withoutPlace) },
    { heading: 'Everywhere', rows: everywhere.filter(isInForce).map(withoutPlace) },
    { heading: 'In the panes', rows: everywhere.filter(binding => !isInForce(binding)).map(withoutPlace) },
    {
      heading: 'Elsewhere',
      rows: others
        .filter(binding => !isHere(binding))
        .map(binding => keyRow(there, binding, contextWords(binding))),
    },
    { heading: 'Commands', rows: TYPED_COMMANDS.map(command => commandRow(there, command)) },
  ];

  function withoutPlace(binding: Binding): ListRow {
    return keyRow(there, binding, '');
  }
}

/** The first of the places that a key is in. */
function placeOf(context: readonly KeyContext[], places: readonly KeyContext[]): KeyContext | undefined {
  return places.find(place => context.includes(place));
}

/** Other names of a key and of a command are found as well. */
function keyRow(there: AppState, binding: Binding, where: string): ListRow {
  return {
    id: binding.id,
    mark: 'none',
    cells: [binding.shown, binding.sentence, where, binding.label],
    detail: keyRefusal(there, binding),
  };
}

function commandRow(there: AppState, command: (typeof TYPED_COMMANDS)[number]): ListRow {
  const aliases = command.aliases.map(alias => `:${alias}`).join(' ');
  return {
    id: command.name,
    mark: 'none',
    cells: [commandWords(command), command.sentence, aliases, ''],
    detail: command.intent ? (refusal(there, command.intent) ?? '') : '',
  };
}

function asEntry({ cells: [keys = '', sentence = '', where = ''], detail }: ListRow): HelpRow {
  return { kind: 'entry', keys, sentence, where, refusal: detail };
}

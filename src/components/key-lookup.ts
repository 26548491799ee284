import { missingPermission } from '../session/access.ts';
import { focusedRowsPane } from '../session/pane-rows.ts';
import { refusal } from '../session/refusal.ts';
import type { AppState } from '../session/state.ts';
import { type ListId, PANES } from '../session/ui-state.ts';
import type { Binding, KeyContext } from './binding.ts';
import { keymap } from './keymap.ts';

/** The contexts whose keys are in force, the most particular first. */
export function activeContexts({ ui }: Pick<AppState, 'ui'>): readonly KeyContext[] {
  if (ui.commandLine) return ['command-line'];
  switch (ui.overlay.kind) {
    case 'none': {
      const pane = focusedRowsPane({ ui });
      return pane && ui.paneRows[pane].isFiltering ? ['filter'] : [ui.focus, 'everywhere'];
    }
    case 'prompt':
      return ['text-entry'];
    case 'list':
      if (ui.overlay.isFiltering) return ['filter'];
      return [...ofList(ui.overlay.list), 'list'];
    case 'plan':
      return ['plan', 'confirm'];
    case 'help':
      return [ui.overlay.isFiltering ? 'filter' : 'help'];
    default:
      return [ui.overlay.kind];
  }
}

function ofList(list: ListId): readonly KeyContext[] {
  if (list === 'messages') return ['messages'];
  return list === 'shifts' ? ['history'] : [];
}

/** The binding of a key in the state; undefined for a key without meaning there. */
export function bindingOf(state: Pick<AppState, 'ui'>, key: string): Binding | undefined {
  for (const context of activeContexts(state)) {
    const found = keymap.find(binding => binding.context.includes(context) && binding.keys.includes(key));
    if (found) return found;
  }
  return undefined;
}

export type Hint = { readonly key: string; readonly label: string; readonly isAvailable: boolean };

/**
 * The line of keys for the state, in the order of importance. A key that can do nothing now is there, but dim. Those that lack a
 * right stand together, with its verb: each alone would say the same.
 */
export function hints(state: AppState): readonly Hint[] {
  const contexts = activeContexts(state);
  const hasRoute = state.weights.applied !== undefined;
  const shown = keymap
    .flatMap(({ context, hint, label, intent }) =>
      hint && context.some(place => contexts.includes(place)) ? [{ ...hint, label, intent }] : [],
    )
    .toSorted((left, right) => left.at - right.at)
    .map(({ keys, label, intent, isOccasional = false }) => ({
      key: keys,
      label,
      isAvailable: refusal(state, intent) === undefined,
      isOccasional,
      lacks: missingPermission(state, intent)?.verb,
    }))
    .filter(({ isAvailable, isOccasional }) => isAvailable || !isOccasional)
    // Without a route most keys do nothing, and those that lead to one must be seen.
    .toSorted((left, right) => (hasRoute ? 0 : Number(right.isAvailable) - Number(left.isAvailable)));
  return shown.flatMap(({ key, label, isAvailable, lacks }, index) => {
    if (lacks === undefined) return [{ key, label, isAvailable }];
    if (shown.findIndex(other => other.lacks === lacks) < index) return [];
    const all = shown.flatMap(other => (other.lacks === lacks ? [other.key] : [])).join(' ');
    return [{ key: all, label: `needs ${lacks}`, isAvailable: false }];
  });
}

/** Why a key would do nothing if it were pressed in its own pane now; empty where it works. */
export function keyRefusal(state: AppState, { context, intent }: Binding): string {
  const pane = PANES.find(pane => context.includes(pane));
  const there = pane === undefined ? state : { ...state, ui: { ...state.ui, focus: pane } };
  const lacks = missingPermission(there, intent)?.verb;
  return lacks === undefined ? (refusal(there, intent) ?? '') : `needs ${lacks}`;
}

const CONTEXT_NAMES: Readonly<Record<KeyContext, string>> = {
  weights: 'Weights',
  responses: 'Responses',
  health: 'Health',
  versions: 'Versions',
  tutorial: 'Tutorial',
  everywhere: 'everywhere',
  help: 'help',
  ways: 'ways to the gateway',
  finding: 'a finding',
  list: 'lists',
  history: 'history',
  messages: 'messages',
  shift: 'a shift',
  details: 'details',
  filter: 'filters',
  confirm: 'confirmations',
  plan: 'what a step runs',
  'text-entry': 'typing',
  'command-line': 'commands',
};

/** Where a binding is in force, in words. */
export function contextWords({ context }: Pick<Binding, 'context'>): string {
  return context.map(name => CONTEXT_NAMES[name]).join(', ');
}

/** The key map as the README's table. */
export function keysAsMarkdown(): string {
  const rows = keymap.map(
    binding => `| ${binding.shown.replaceAll('|', '\\|')} | ${contextWords(binding)} | ${binding.sentence} |`,
  );
  return ['| key | where | what it does |', '|---|---|---|', ...rows].join('\n');
}

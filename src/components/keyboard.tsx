import { useInput, usePaste } from 'ink';
import { openLine } from '../session/open-line.ts';
import { bindingOf } from './key-lookup.ts';
import { keyNames, textOf } from './key-names.ts';
import { areKeys, opensLine } from './typed-keys.ts';
import { useSession } from './use-app-state.tsx';

/** Reads keys and pastes, and draws nothing. */
export function Keyboard() {
  const { store, dispatch } = useSession();
  useInput((input, key) => {
    const names = keyNames(input, key);
    if (!areKeys(store.getState(), names)) return;
    for (const name of names) {
      const state = store.getState();
      const binding = bindingOf(state, name);
      if (binding) dispatch(binding.intent);
      else if (openLine(state) && textOf(name) !== '') dispatch({ kind: 'type', text: textOf(name) });
      // What follows was typed for a line: for one that is closed now, or that could not be opened.
      const kind = binding?.intent.kind;
      if (kind === 'submit' || (opensLine(kind) && !openLine(store.getState()))) return;
    }
  });
  usePaste(text => dispatch({ kind: 'paste', text }));
  return null;
}

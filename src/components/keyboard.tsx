import { useInput, usePaste } from 'ink';
import { bindingOf } from './key-lookup.ts';
import { keyNames } from './key-names.ts';
import { useSession } from './use-app-state.tsx';

/**
 * Turns key events into intents, by the one key map. Each key of an event is looked up in the state that the one before it
 * left. A paste is one intent, not a sequence of keys.
 */
export function Keyboard() {
  const { store, dispatch } = useSession();
  useInput((input, key) => {
    for (const name of keyNames(input, key)) {
      const binding = bindingOf(store.getState(), name);
      if (binding) dispatch(binding.intent);
    }
  });
  usePaste(text => dispatch({ kind: 'paste', text }));
  return null;
}

import { useInput, usePaste } from 'ink';
import { bindingOf } from './key-lookup.ts';
import { keyNames } from './key-names.ts';
import { areKeys, opensTyping } from './typed-keys.ts';
import { useSession } from './use-app-state.tsx';

/** Reads keys and pastes, and draws nothing. */
export function Keyboard() {
  const { store, dispatch } = useSession();
  useInput((input, key) => {
    const names = keyNames(input, key);
    if (!areKeys(store.getState(), names)) return;
    for (const [index, name] of names.entries()) {
      const binding = bindingOf(store.getState(), name);
      if (binding) dispatch(binding.intent);
      // What follows in the same event was typed for the prompt, which is not there yet to read it.
      if (binding && opensTyping(binding.intent.kind)) {
        const rest = Array.from(input)
          .slice(index + 1)
          .join('');
        if (rest !== '') dispatch({ kind: 'type', text: rest });
        return;
      }
    }
  });
  usePaste(text => dispatch({ kind: 'paste', text }));
  return null;
}

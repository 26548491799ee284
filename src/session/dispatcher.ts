import type { Clock } from '../clock.ts';
import { applyIntent } from './apply-intent.ts';
import type { Intent } from './intents.ts';
import type { AppStore } from './store.ts';

/** Takes intents into the store, each applied to the state that the one before it left. `onIntent` hears of each before. */
export function dispatcherOf(
  store: AppStore,
  clock: Clock,
  onIntent: (intent: Intent) => void = () => undefined,
): (intent: Intent) => void {
  return intent => {
    onIntent(intent);
    store.setState(state => applyIntent(state, intent, clock.now()), true);
  };
}

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Intent } from '../session/intents.ts';
import type { AppState } from '../session/state.ts';
import type { AppStore } from '../session/store.ts';
import type { Look } from './palette.ts';
import { type Glyphs, glyphs } from './theme.ts';

export type SessionHandle = {
  readonly store: AppStore;
  /** Takes an intent at any time; what it does follows from the state at that moment. */
  readonly dispatch: (intent: Intent) => void;
};

const SessionContext = createContext<SessionHandle | undefined>(undefined);
const LookContext = createContext<Look | undefined>(undefined);
const GlyphsContext = createContext<Glyphs | undefined>(undefined);

export function SessionProvider({
  session,
  children,
}: {
  readonly session: SessionHandle;
  readonly children: ReactNode;
}) {
  return (
    <SessionContext value={session}>
      <LookProvider>{children}</LookProvider>
    </SessionContext>
  );
}

/** Each text asks how to paint: hundreds of them listening to the store would cost more than what they draw. */
function LookProvider({ children }: { readonly children: ReactNode }) {
  const theme = useAppState(state => state.ui.theme);
  const hasFixedColours = useAppState(state => state.ui.hasFixedColours);
  const isUnicode = useAppState(state => state.ui.isUnicode);
  const look = useMemo(() => ({ theme, hasFixedColours }), [theme, hasFixedColours]);
  return (
    <LookContext value={look}>
      <GlyphsContext value={glyphs(isUnicode)}>{children}</GlyphsContext>
    </LookContext>
  );
}

export function useSession(): SessionHandle {
  return insideProvider(useContext(SessionContext));
}

/** A slice of the state. `select` must return what is in the state by reference: deriving belongs into the render. */
export function useAppState<Slice>(select: (state: AppState) => Slice): Slice {
  return useStore(useSession().store, select);
}

/**
 * What `derive` makes of the state, as plain data; the component is drawn again only when that differs. Compared as text,
 * because what is derived is new each time: for what changes less often than the state that it follows from.
 */
export function useDerived<Value>(derive: (state: AppState) => Value): Value {
  return JSON.parse(useAppState(state => JSON.stringify(derive(state)))) as Value;
}

/** How to paint. */
export function useLook(): Look {
  return insideProvider(useContext(LookContext));
}

export function useGlyphs(): Glyphs {
  return insideProvider(useContext(GlyphsContext));
}

function insideProvider<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a component is drawn outside SessionProvider');
  return value;
}

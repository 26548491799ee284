import { renderToString } from 'ink';
import stringWidth from 'string-width';
import { expect } from 'vitest';
import { App } from '../../src/components/app.tsx';
import { SessionProvider } from '../../src/components/use-app-state.tsx';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { NOW } from './states.ts';

/** The screen as plain text: styles are off in tests, and a terminal shows no trailing blanks. */
export function drawnFrame(state: AppState): string {
  const { columns, rows } = state.ui;
  const store = createAppStore(NOW, state.ui);
  store.setState(state, true);
  const text = renderToString(
    <SessionProvider session={{ store, dispatch: () => undefined }}>
      <App />
    </SessionProvider>,
    { columns },
  );
  const lines = text.split('\n');
  expect(lines.length).toBeLessThanOrEqual(rows);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

/** The same state on a screen of another size. */
export function sized(state: AppState, columns: number, rows: number): AppState {
  return { ...state, ui: { ...state.ui, columns, rows } };
}

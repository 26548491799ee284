import { Box } from 'ink';
import { useMemo } from 'react';
import type { Finding, Severity } from '../kube/finding.ts';
import { MESH_ONLY, routeNotes } from '../kube/route-notes.ts';
import { Text } from './text.tsx';
import { type Status, statusColour } from './theme.ts';
import { useAppState, useGlyphs } from './use-app-state.tsx';

const STATUS: Readonly<Record<Severity, Status | undefined>> = {
  error: 'failing',
  warning: 'warning',
  info: undefined,
};

/** What there is to know of the chosen route, the gravest first, but for what the verdict line says already. */
export function useRouteNotes(): readonly Finding[] {
  const applied = useAppState(state => state.weights.applied);
  const all = useAppState(state => state.cluster.virtualServices.items);
  return useMemo(() => {
    if (!applied) return [];
    return routeNotes(applied.virtualService, applied.route, all).filter(({ code }) => code !== MESH_ONLY);
  }, [applied, all]);
}

/** As many notes as there are rows, a line each; the last line says how many more there are. */
export function RouteNotes({ notes, rows }: { readonly notes: readonly Finding[]; readonly rows: number }) {
  const { status } = useGlyphs();
  const hidden = notes.length - rows;
  return (
    <>
      {notes.slice(0, rows).map(({ severity, code, sentence }, at) => {
        const meaning = STATUS[severity];
        const colour = meaning && statusColour[meaning];
        return (
          <Box key={code + sentence} justifyContent="space-between">
            <Box flexShrink={1}>
              <Text wrap="truncate-end" dimColor={severity === 'info'}>
                <Text color={colour}>{` ${meaning ? status[meaning] : ' '}`}</Text>
                {` ${sentence}`}
              </Text>
            </Box>
            {hidden > 0 && at === rows - 1 ? (
              <Box flexShrink={0}>
                <Text dimColor>{` +${hidden} more`}</Text>
              </Box>
            ) : null}
          </Box>
        );
      })}
    </>
  );
}

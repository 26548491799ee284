import { Box } from 'ink';
import stringWidth from 'string-width';
import { findingCount } from '../session/findings.ts';
import { type HealthRow, healthRows } from './health-rows.ts';
import { linesOfRights, MissingRights, missingRights } from './missing-rights.tsx';
import { Pane } from './pane.tsx';
import { staleAside } from './stale-aside.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

/** The node and Istio's pods, with why where one is not well. */
export function HealthPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const freshness = useAppState(state => state.cluster.nodes.freshness.kind);
  const stale = useAppState(({ cluster, now }) => staleAside([cluster.nodes, cluster.istioPods], now));
  const all = useDerived(({ cluster, now }) => healthRows(cluster, now));
  const count = useAppState(findingCount);
  const rights = useDerived(({ cluster }) => missingRights([cluster.nodes, cluster.istioPods]));
  const shown = fitting(all, rows - 2 - linesOfRights(rights, columns - 2));
  const hidden = all.length - shown.length;
  const aside = stale || (hidden > 0 ? `${hidden} more` : '');
  const frame = {
    id: 'health',
    columns,
    rows,
    title: healthTitle(count),
    aside,
    isStale: stale !== '',
  } as const;
  return (
    <Pane frame={frame}>
      <MissingRights sentences={rights} />
      {shown.map(row => (
        <HealthLine key={row.key} row={row} isStale={stale !== ''} columns={columns - 2} />
      ))}
      {all.length === 0 && rights.length === 0 ? <Text dimColor>{NOTHING_YET[freshness]}</Text> : null}
    </Pane>
  );
}

const NOTHING_YET = {
  loading: 'reading…',
  live: 'no nodes and no Istio pods can be seen',
  stale: 'nothing is known yet',
} as const;

/** `Health: 2 findings, press d`; notes do not count. */
function healthTitle(count: number): string {
  return count === 0 ? 'Health' : `Health: ${count} ${count === 1 ? 'finding' : 'findings'}, press d`;
}

function fitting(rows: readonly HealthRow[], lines: number): readonly HealthRow[] {
  let used = 0;
  return rows.filter(row => {
    used += row.why === '' ? 1 : 2;
    return used <= lines;
  });
}

const ICON_COLUMNS = 2;
const AGE_COLUMNS = 7;

/** The name with as much beside it as leaves it whole: its release goes first, then the age. */
function besideName({ name, release, ready, words }: HealthRow, columns: number) {
  const room = columns - ICON_COLUMNS - AGE_COLUMNS - stringWidth(name) - stringWidth(`${ready} ${words} `);
  return { hasRelease: release !== '' && stringWidth(release) < room, hasAge: room >= 0 };
}

type HealthLineProps = { readonly row: HealthRow; readonly isStale: boolean; readonly columns: number };

function HealthLine({ row, isStale, columns }: HealthLineProps) {
  const { status } = useGlyphs();
  const colour = statusColour[row.status];
  const { hasRelease, hasAge } = besideName(row, columns);
  return (
    <>
      <Box>
        <Box flexShrink={0} width={ICON_COLUMNS}>
          <Text {...(colour ? { color: colour } : {})} dimColor={isStale}>
            {status[row.status]}
          </Text>
        </Box>
        <Box flexGrow={1} flexShrink={1}>
          <Text wrap="truncate-middle" dimColor={isStale}>
            {hasRelease ? `${row.name} ${row.release}` : row.name}
          </Text>
        </Box>
        <Box flexShrink={0} marginLeft={1}>
          <Text dimColor={isStale}>{row.ready}</Text>
        </Box>
        <Box flexShrink={0} marginLeft={1}>
          <Text wrap="truncate-end" dimColor={isStale}>
            {row.words}
          </Text>
        </Box>
        {hasAge ? (
          <Box flexShrink={0} width={AGE_COLUMNS} justifyContent="flex-end">
            <Text dimColor>{row.age}</Text>
          </Box>
        ) : null}
      </Box>
      {row.why === '' ? null : <Text wrap="truncate-end" dimColor={isStale}>{`    ${row.why}`}</Text>}
    </>
  );
}

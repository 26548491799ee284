import { Box } from 'ink';
import stringWidth from 'string-width';
import { findingCount } from '../session/findings.ts';
import { type HealthRow, healthRows } from '../session/health-rows.ts';
import { rowsOfHealth, shownRows } from '../session/pane-rows.ts';
import { hiddenWords, NOTHING_LEFT } from './hidden-words.ts';
import { linesOfRights, MissingRights, missingRights } from './missing-rights.tsx';
import { Pane } from './pane.tsx';
import { rowsAround } from './rows-around.ts';
import { staleAside } from './stale-aside.ts';
import { Text } from './text.tsx';
import { statusColour } from './theme.ts';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

/** The node and Istio's pods, with why where one is not well. */
export function HealthPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const freshness = useAppState(state => state.cluster.nodes.freshness.kind);
  const stale = useAppState(({ cluster, now }) => staleAside([cluster.nodes, cluster.istioPods], now));
  const { all, ids, chosen } = useDerived(state => {
    const rows = healthRows(state.cluster, state.now);
    return { all: rows, ...shownRows(state, 'health', rowsOfHealth(rows)) };
  });
  const count = useAppState(findingCount);
  const rights = useDerived(({ cluster }) => missingRights([cluster.nodes, cluster.istioPods]));
  const lines = rows - 2 - linesOfRights(rights, columns - 2);
  const listed = all.filter(({ key }) => ids.includes(key));
  const heights = listed.map(({ why }) => (why === '' || lines === 1 ? 1 : 2));
  const { first, end } = rowsAround(heights, Math.max(0, chosen), lines);
  const frame = {
    id: 'health',
    columns,
    rows,
    title: healthTitle(count),
    aside: stale || hiddenWords(listed.length - (end - first), all.length - listed.length),
    isStale: stale !== '',
  } as const;
  return (
    <Pane frame={frame}>
      <MissingRights sentences={rights} />
      {listed.slice(first, end).map((row, at) => (
        <HealthLine
          key={row.key}
          row={row}
          look={{ isStale: stale !== '', isChosen: first + at === chosen, isAlone: lines === 1 }}
          columns={columns - 2}
        />
      ))}
      {listed.length === 0 && rights.length === 0 ? (
        <Text dimColor>{all.length === 0 ? NOTHING_YET[freshness] : NOTHING_LEFT}</Text>
      ) : null}
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

const ICON_COLUMNS = 2;
const AGE_COLUMNS = 7;

/** The name with as much beside it as leaves it whole: its release goes first, then the age. */
function besideName({ name, release, ready, words }: HealthRow, columns: number) {
  const room = columns - ICON_COLUMNS - AGE_COLUMNS - stringWidth(name) - stringWidth(`${ready} ${words} `);
  return { hasRelease: release !== '' && stringWidth(release) < room, hasAge: room >= 0 };
}

type HealthLineProps = {
  readonly row: HealthRow;
  readonly look: {
    readonly isStale: boolean;
    readonly isChosen: boolean;
    /** Whether there is no line below it to say why it is not well. */
    readonly isAlone: boolean;
  };
  readonly columns: number;
};

function HealthLine({ row, look, columns }: HealthLineProps) {
  const { status, cursor } = useGlyphs();
  const { isStale, isChosen, isAlone } = look;
  const colour = statusColour[row.status];
  const { hasRelease, hasAge } = besideName(row, columns);
  const paint = { dimColor: isStale, bold: isChosen };
  return (
    <>
      <Box>
        <Box flexShrink={0} width={ICON_COLUMNS}>
          <Text {...(colour ? { color: colour } : {})} {...paint}>
            {status[row.status] + (isChosen ? cursor : '')}
          </Text>
        </Box>
        <Box flexGrow={1} flexShrink={1}>
          <Text wrap="truncate-middle" {...paint}>
            {hasRelease ? `${row.name} ${row.release}` : row.name}
          </Text>
        </Box>
        <Box flexShrink={0} marginLeft={1}>
          <Text {...paint}>{row.ready}</Text>
        </Box>
        <Box flexShrink={0} marginLeft={1}>
          <Text wrap="truncate-end" {...paint}>
            {row.words}
          </Text>
        </Box>
        {hasAge ? (
          <Box flexShrink={0} width={AGE_COLUMNS} justifyContent="flex-end">
            <Text dimColor>{row.age}</Text>
          </Box>
        ) : null}
      </Box>
      {row.why === '' || isAlone ? null : <Text wrap="truncate-end" {...paint}>{`    ${row.why}`}</Text>}
    </>
  );
}

import stringWidth from 'string-width';
import { ageText } from '../session/ages.ts';
import { rowsOfVersions, shownRows } from '../session/pane-rows.ts';
import { versions } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { hiddenWords, NOTHING_LEFT } from './hidden-words.ts';
import { linesOfRights, MissingRights, missingRights } from './missing-rights.tsx';
import { Pane } from './pane.tsx';
import { rowsAround } from './rows-around.ts';
import { staleAside } from './stale-aside.ts';
import { Text } from './text.tsx';
import { useAppState, useDerived } from './use-app-state.tsx';
import { isReady, VersionCells, VersionLine, type VersionRow } from './version-line.tsx';

/** `version`, and what stands between it and the next column. */
const MIN_LABEL_COLUMNS = 9;

/** What answers each destination: pods ready, image, age, rollout, and why where it is not ready. */
export function VersionsPane({ columns, rows }: { readonly columns: number; readonly rows: number }) {
  const hasRoute = useAppState(state => state.weights.applied !== undefined);
  const stale = useAppState(({ cluster, now }) =>
    staleAside([cluster.deployments, cluster.pods, cluster.services], now),
  );
  const { all, ids, chosen } = useDerived(state => {
    const rows = versionRows(state);
    return { all: rows, ...shownRows(state, 'versions', rowsOfVersions(rows)) };
  });
  const rights = useDerived(({ cluster: { deployments, pods, services, destinationRules } }) =>
    missingRights([deployments, pods, services, destinationRules]),
  );
  const listed = all.filter(({ label }) => ids.includes(label));
  const lines = rows - 2 - linesOfRights(rights, columns - 2);
  const hasHeading = listed.length > 0 && lines > listed.length;
  const shown = fitting(listed, chosen, hasHeading ? lines - 1 : lines);
  const labelColumns = widthOfLabels(all, columns);
  const aside = stale || hiddenWords(listed.length - shown.length, all.length - listed.length);
  const frame = { id: 'versions', columns, rows, title: 'Versions', aside, isStale: stale !== '' } as const;
  return (
    <Pane frame={frame}>
      {hasHeading ? (
        <VersionCells
          cells={['', 'version', 'ready', 'image', 'age']}
          labelColumns={labelColumns}
          isHeading
        />
      ) : null}
      {shown.map(version => (
        <VersionLine
          key={version.label}
          version={version}
          index={all.indexOf(version)}
          isStale={stale !== ''}
          labelColumns={labelColumns}
          isAlone={lines === 1}
          isChosen={version.label === ids[chosen]}
        />
      ))}
      <MissingRights sentences={rights} />
      {listed.length === 0 ? <Text dimColor>{nothingWords(all.length, hasRoute)}</Text> : null}
    </Pane>
  );
}

function versionRows(state: AppState): readonly VersionRow[] {
  return versions(state).map(version => ({
    ...version,
    age: version.createdAtMs === undefined ? '' : ageText(state.now - version.createdAtMs),
  }));
}

function nothingWords(all: number, hasRoute: boolean): string {
  if (all > 0) return NOTHING_LEFT;
  return hasRoute ? 'reading…' : 'nothing to show yet';
}

/**
 * What fits into so many lines: those around the highlighted one, or while none is, those that are not ready first, each of which
 * takes a second line to say why.
 */
function fitting(all: readonly VersionRow[], chosen: number, lines: number): readonly VersionRow[] {
  const height = (version: VersionRow) => (isReady(version) || lines === 1 ? 1 : 2);
  if (chosen >= 0) {
    const { first, end } = rowsAround(all.map(height), chosen, lines);
    return all.slice(first, end);
  }
  const byNeed = all.toSorted((left, right) => Number(isReady(left)) - Number(isReady(right)));
  let used = 0;
  const fit = new Set(
    byNeed.filter(version => {
      used += height(version);
      return used <= lines;
    }),
  );
  return all.filter(version => fit.has(version));
}

/** As wide as the longest label, and a space; but the image keeps more room than the labels. */
function widthOfLabels(all: readonly VersionRow[], columns: number): number {
  const longest = Math.max(...all.map(({ label }) => stringWidth(label)), MIN_LABEL_COLUMNS - 2);
  return Math.min(longest + 2, Math.max(MIN_LABEL_COLUMNS, Math.floor(columns / 3)));
}

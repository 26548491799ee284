import stringWidth from 'string-width';
import { versions } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { ageText } from './ages.ts';
import { linesOfRights, MissingRights, missingRights } from './missing-rights.tsx';
import { Pane } from './pane.tsx';
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
  const all = useDerived(versionRows);
  const rights = useDerived(({ cluster: { deployments, pods, services, destinationRules } }) =>
    missingRights([deployments, pods, services, destinationRules]),
  );
  const lines = rows - 2 - linesOfRights(rights, columns - 2);
  const hasHeading = all.length > 0 && lines > all.length;
  const shown = fitting(all, hasHeading ? lines - 1 : lines);
  const labelColumns = widthOfLabels(all, columns);
  const hidden = all.length - shown.length;
  const aside = stale || (hidden > 0 ? `${hidden} more` : '');
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
        />
      ))}
      <MissingRights sentences={rights} />
      {all.length === 0 ? <Text dimColor>{hasRoute ? 'reading…' : 'nothing to show yet'}</Text> : null}
    </Pane>
  );
}

function versionRows(state: AppState): readonly VersionRow[] {
  return versions(state).map(version => ({
    ...version,
    age: version.createdAtMs === undefined ? '' : ageText(state.now - version.createdAtMs),
  }));
}

/** What fits into so many lines, those that are not ready first: each of them takes a second line to say why. */
function fitting(all: readonly VersionRow[], lines: number): readonly VersionRow[] {
  const byNeed = all.toSorted((left, right) => Number(isReady(left)) - Number(isReady(right)));
  let used = 0;
  const fit = new Set(
    byNeed.filter((version, place) => {
      used += isReady(version) || (place === 0 && lines === 1) ? 1 : 2;
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

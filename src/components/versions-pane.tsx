import { Box } from 'ink';
import type { Version } from '../kube/versions.ts';
import { versions } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { ageText } from './ages.ts';
import { linesOfRights, MissingRights, missingRights } from './missing-rights.tsx';
import { Pane } from './pane.tsx';
import { staleAside } from './stale-aside.ts';
import { Text } from './text.tsx';
import { type Status, statusColour, versionColour } from './theme.ts';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

const STATUS: Readonly<Record<Version['health'], Status>> = {
  ready: 'well',
  progressing: 'waiting',
  failing: 'failing',
  absent: 'warning',
  unknown: 'waiting',
};

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
  const hasHeading = lines > all.length;
  const shown = fitting(all, hasHeading ? lines - 1 : lines);
  const hidden = all.length - shown.length;
  const aside = stale || (hidden > 0 ? `${hidden} more` : '');
  const frame = { id: 'versions', columns, rows, title: 'Versions', aside, isStale: stale !== '' } as const;
  return (
    <Pane frame={frame}>
      {hasHeading ? <VersionCells cells={['', 'version', 'ready', 'image', 'age']} isHeading /> : null}
      {shown.map(version => (
        <VersionLine
          key={version.label}
          version={version}
          index={all.indexOf(version)}
          isStale={stale !== ''}
        />
      ))}
      <MissingRights sentences={rights} />
      {all.length === 0 ? <Text dimColor>{hasRoute ? 'reading…' : 'no route chosen yet'}</Text> : null}
    </Pane>
  );
}

/** A version with its age in words: seconds of it change the row, and nothing else does. */
type VersionRow = Version & { readonly age: string };

function versionRows(state: AppState): readonly VersionRow[] {
  return versions(state).map(version => ({
    ...version,
    age: version.createdAtMs === undefined ? '' : ageText(state.now - version.createdAtMs),
  }));
}

/** What fits into so many lines, those that are not ready first: each of them takes a second line to say why. */
function fitting(all: readonly VersionRow[], lines: number): readonly VersionRow[] {
  const byNeed = all.toSorted((left, right) => Number(isWell(left)) - Number(isWell(right)));
  let used = 0;
  const fit = new Set(
    byNeed.filter((version, place) => {
      used += isWell(version) || (place === 0 && lines === 1) ? 1 : 2;
      return used <= lines;
    }),
  );
  return all.filter(version => fit.has(version));
}

function isWell({ health }: Version): boolean {
  return STATUS[health] === 'well';
}

type VersionLineProps = { readonly version: VersionRow; readonly index: number; readonly isStale: boolean };

function VersionLine({ version, index, isStale }: VersionLineProps) {
  const { status } = useGlyphs();
  const meaning = STATUS[version.health];
  const why = version.why.startsWith(version.words)
    ? version.why
    : [version.words, version.why].filter(words => words !== '').join(': ');
  const cells = [
    status[meaning],
    version.label,
    version.health === 'unknown' ? '?' : `${version.readyPods}/${version.wantedPods}`,
    shortImage(version.image),
    version.age,
  ];
  return (
    <>
      <VersionCells cells={cells} colours={[statusColour[meaning], versionColour(index)]} isDim={isStale} />
      {meaning === 'well' ? null : <Text wrap="truncate-end" dimColor={isStale}>{`    ${why}`}</Text>}
    </>
  );
}

type VersionCellsProps = {
  readonly cells: readonly string[];
  readonly isHeading?: boolean;
  readonly isDim?: boolean;
  readonly colours?: readonly [string | undefined, string];
};

function VersionCells({ cells, isHeading = false, isDim = false, colours }: VersionCellsProps) {
  const [icon, label, ready, image, age] = cells;
  const dim = isHeading || isDim;
  return (
    <Box>
      <Box flexShrink={0} width={2}>
        <Text {...(colours?.[0] ? { color: colours[0] } : {})} dimColor={dim}>
          {icon}
        </Text>
      </Box>
      <Box flexShrink={0} width={9}>
        <Text wrap="truncate-middle" {...(colours ? { color: colours[1] } : {})} dimColor={dim}>
          {label}
        </Text>
      </Box>
      <Box flexShrink={0} width={6}>
        <Text dimColor={dim}>{ready}</Text>
      </Box>
      <Box flexGrow={1} flexShrink={1}>
        <Text wrap="truncate-start" dimColor={dim}>
          {image}
        </Text>
      </Box>
      <Box flexShrink={0} width={7} justifyContent="flex-end">
        <Text dimColor>{age}</Text>
      </Box>
    </Box>
  );
}

/** An image without its registry and folders: the tag is what tells versions apart. */
function shortImage(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}

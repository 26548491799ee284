import { Box } from 'ink';
import type { Version } from '../kube/versions.ts';
import type { Colour } from './palette.ts';
import { Text } from './text.tsx';
import { type Status, statusColour, versionColour } from './theme.ts';
import { useGlyphs } from './use-app-state.tsx';

const STATUS: Readonly<Record<Version['health'], Status>> = {
  ready: 'well',
  progressing: 'waiting',
  failing: 'failing',
  absent: 'warning',
  unknown: 'waiting',
};

/** A version with its age in words: seconds of it change the row, and nothing else does. */
export type VersionRow = Version & { readonly age: string };

export function versionStatus({ health }: Version): Status {
  return STATUS[health];
}

export function isReady(version: Version): boolean {
  return versionStatus(version) === 'well';
}

type VersionLineProps = {
  readonly version: VersionRow;
  readonly index: number;
  readonly isStale: boolean;
  readonly labelColumns: number;
  /** Whether there is no line below it to say why it is not ready. */
  readonly isAlone: boolean;
  readonly isChosen: boolean;
};

/** A version in one line, and why it is not ready in another. */
export function VersionLine({ version, index, isStale, labelColumns, isAlone, isChosen }: VersionLineProps) {
  const { status, cursor } = useGlyphs();
  const meaning = STATUS[version.health];
  const why = meaning === 'well' ? '' : whyNotReady(version);
  const cells = [
    status[meaning] + (isChosen ? cursor : ''),
    version.label,
    version.health === 'unknown' ? '?' : `${version.readyPods}/${version.wantedPods}`,
    isAlone && why !== '' ? why : shortImage(version.image),
    isAlone && why !== '' ? '' : version.age,
  ];
  return (
    <>
      <VersionCells
        cells={cells}
        isWhy={isAlone && why !== ''}
        labelColumns={labelColumns}
        colours={[statusColour[meaning], versionColour(index)]}
        isDim={isStale}
        isChosen={isChosen}
      />
      {why === '' || isAlone ? null : (
        <Text wrap="truncate-end" dimColor={isStale} bold={isChosen}>{`    ${why}`}</Text>
      )}
    </>
  );
}

/** What keeps it from being ready, in the cluster's words. */
export function whyNotReady({ words, why }: Version): string {
  return why.startsWith(words) ? why : [words, why].filter(text => text !== '').join(': ');
}

type VersionCellsProps = {
  readonly cells: readonly string[];
  readonly labelColumns: number;
  readonly isHeading?: boolean;
  /** Why it is not ready stands where image and age are. */
  readonly isWhy?: boolean;
  readonly isDim?: boolean;
  readonly isChosen?: boolean;
  readonly colours?: readonly [Colour | undefined, Colour];
};

export function VersionCells({
  cells,
  labelColumns,
  isHeading = false,
  isWhy = false,
  isDim = false,
  isChosen = false,
  colours,
}: VersionCellsProps) {
  const [icon, label, ready, image, age] = cells;
  const dim = isHeading || isDim;
  return (
    <Box>
      <Box flexShrink={0} width={2}>
        <Text {...(colours?.[0] ? { color: colours[0] } : {})} dimColor={dim}>
          {icon}
        </Text>
      </Box>
      <Box flexShrink={0} width={labelColumns} paddingRight={1}>
        <Text
          wrap="truncate-middle"
          {...(colours ? { color: colours[1] } : {})}
          dimColor={dim}
          bold={isChosen}
        >
          {label}
        </Text>
      </Box>
      <Box flexShrink={0} width={6}>
        <Text dimColor={dim} bold={isChosen}>
          {ready}
        </Text>
      </Box>
      <Box flexGrow={1} flexShrink={1}>
        <Text wrap={isWhy ? 'truncate-end' : 'truncate-middle'} dimColor={dim} bold={isChosen}>
          {image}
        </Text>
      </Box>
      {isWhy ? null : (
        <Box flexShrink={0} width={7} justifyContent="flex-end">
          <Text dimColor>{age}</Text>
        </Box>
      )}
    </Box>
  );
}

/** An image without its registry and folders: the tag is what tells versions apart. */
function shortImage(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}

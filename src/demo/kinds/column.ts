import type { KubeObject } from './kind.ts';

/** What stands in a cell of a table. */
export type Cell = string | number | null;

/** One column of the table that `kubectl get` prints of a kind. */
export type Column<T extends KubeObject> = {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly format: '' | 'name';
  readonly description: string;
  /** 1: only with `-o wide`. */
  readonly priority: 0 | 1;
  /** Where the CustomResourceDefinition says that the value is; empty for kinds that are built in. */
  readonly jsonPath: string;
  cellOf(object: T, nowMs: number): Cell;
};

type ColumnOptions = {
  readonly type?: 'string' | 'integer' | 'date';
  readonly description?: string;
  readonly jsonPath?: string;
};

export function column<T extends KubeObject>(
  name: string,
  cellOf: Column<T>['cellOf'],
  { type = 'string', description = '', jsonPath = '' }: ColumnOptions = {},
): Column<T> {
  return { name, type, format: '', description, priority: 0, jsonPath, cellOf };
}

/** A column that only `-o wide` shows. */
export function wideColumn<T extends KubeObject>(name: string, cellOf: Column<T>['cellOf']): Column<T> {
  return { ...column(name, cellOf), priority: 1 };
}

/** Days and hours, or hours and minutes, … : two units at most, the second only while it matters. */
function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}

/** A length of time as kubectl prints ages: `45s`, `3m12s`, `3h5m`, `2d4h`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1_000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return twoUnits(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? twoUnits(years, 'y', days % 365, 'd') : `${years}y`;
}

/** How long ago a time was. */
export function since(time: string | undefined | null, nowMs: number): string {
  const timeMs = Date.parse(time ?? '');
  return Number.isNaN(timeMs) ? '<unknown>' : humanDuration(nowMs - timeMs);
}

export const nameColumn: Column<KubeObject> = {
  ...column('Name', ({ metadata }) => metadata.name, {
    description:
      'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  }),
  format: 'name',
};

export const ageColumn: Column<KubeObject> = column(
  'Age',
  ({ metadata }, nowMs) => since(metadata.creationTimestamp, nowMs),
  {
    jsonPath: '.metadata.creationTimestamp',
    description:
      'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  },
);

/** Texts as a cell shows several. */
export function joined(texts: readonly string[]): string {
  return texts.length === 0 ? '<none>' : texts.join(',');
}

/** `app=myapp,version=v1`, in the order of the names. */
export function labelText(labels: Readonly<Record<string, string>> = {}): string {
  return joined(
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .sort(),
  );
}

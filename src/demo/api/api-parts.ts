import type { PodLogs } from '../pods/pod-logs.ts';
import type { Random } from '../random.ts';
import type { Storage } from '../storage.ts';
import type { Timers } from '../timers.ts';
import type { Permissions } from './permissions.ts';
import type { Admission } from './write-object.ts';

/** What the API serves from. */
export type ApiParts = {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly random: Random;
  readonly permissions: Permissions;
  readonly logs: PodLogs;
  /** Absent where no webhook is installed. */
  readonly admit?: Admission;
  /** The one bearer token that is let in. */
  readonly token: string;
  readonly user: string;
};

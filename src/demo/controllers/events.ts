import { randomUUID } from 'node:crypto';
import { EVENTS, type Event } from '../kinds/core.ts';
import type { KubeObject } from '../kinds/kind.ts';
import type { Storage } from '../storage.ts';
import { type Timers, timestamp } from '../timers.ts';

export type EventNote = {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Who says it: `kubelet`, `deployment-controller`. */
  readonly component: string;
  readonly host?: string;
  /** Which part of the object it is about. */
  readonly fieldPath?: string;
};

/** Writes Events about objects. */
export interface EventRecorder {
  /** Says it once; what is said again about the same object is counted. */
  record(about: KubeObject, note: EventNote): void;
}

/** A real cluster forgets events after an hour; this one when there are more. */
const MOST_EVENTS = 1_000;

export function createEventRecorder(storage: Storage, timers: Timers): EventRecorder {
  /** Names of events by what they say, oldest first. */
  const names = new Map<string, { readonly namespace: string; readonly name: string }>();
  let serial = Math.trunc(timers.now() * 1_000);

  const forgetOldest = () => {
    const [said, oldest] = names.entries().next().value ?? [];
    if (said === undefined || !oldest) return;
    names.delete(said);
    storage.remove(EVENTS, oldest.namespace, oldest.name);
  };

  const countAgain = (said: string, now: string): boolean => {
    const known = names.get(said);
    const event = known && storage.get(EVENTS, known.namespace, known.name);
    if (!event) return false;
    storage.put(EVENTS, { ...event, count: (event.count ?? 1) + 1, lastTimestamp: now });
    return true;
  };

  return {
    record: (about, note) => {
      const now = timestamp(timers.now());
      const { name, namespace = 'default', uid = '', resourceVersion = '' } = about.metadata;
      const said = JSON.stringify([uid, note.reason, note.message]);
      if (countAgain(said, now)) return;
      serial += 1;
      const { apiVersion, kind } = about;
      const { type, reason, message, component, host, fieldPath } = note;
      const part = fieldPath === undefined ? {} : { fieldPath };
      const event: Event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: {
          name: `${name}.${serial.toString(16)}`,
          namespace,
          uid: randomUUID(),
          creationTimestamp: now,
        },
        involvedObject: {
          apiVersion,
          kind,
          name,
          namespace,
          uid,
          resourceVersion,
          ...part,
        } as Event['involvedObject'],
        type,
        reason,
        message,
        source: { component, ...(host === undefined ? {} : { host }) },
        reportingComponent: component,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      };
      storage.put(EVENTS, event);
      names.set(said, { namespace, name: event.metadata.name });
      if (names.size > MOST_EVENTS) forgetOldest();
    },
  };
}

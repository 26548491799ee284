import type { Kind, KubeObject, Metadata, OwnerReference } from '../kinds/kind.ts';
import type { Random } from '../random.ts';
import type { Storage } from '../storage.ts';
import type { Timers } from '../timers.ts';
import type { EventRecorder } from './events.ts';

/** What controllers work with. */
export type ControllerParts = {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly random: Random;
  readonly events: EventRecorder;
};

/** Something that runs until it is stopped. */
export interface Controller {
  /** What it gives back resolves when nothing of the controller is left. */
  stop(): void | Promise<void>;
}

/** The reference by which what a controller makes points back at `owner`. */
export function controlledBy(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The owner that controls an object with this metadata. */
export function controllerOf(metadata: Metadata): OwnerReference | undefined {
  return metadata.ownerReferences?.find(owner => owner.controller === true);
}

/** The objects of `kind` that `owner` controls. */
export function controlledObjects<T extends KubeObject>(
  storage: Storage,
  kind: Kind<T>,
  owner: KubeObject,
): readonly T[] {
  const { namespace, uid } = owner.metadata;
  // Of all objects, not of a list made for the namespace: there can be thousands.
  return storage
    .list(kind)
    .filter(({ metadata }) => metadata.namespace === namespace && controllerOf(metadata)?.uid === uid);
}

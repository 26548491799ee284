import {
  CUSTOM_RESOURCE_DEFINITIONS,
  type CustomResourceDefinition,
  establishedStatus,
} from '../kinds/custom-resource-definitions.ts';
import { timestamp } from '../timers.ts';
import type { Controller, ControllerParts } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

/** Whether the kind is served. */
export function isEstablished({ status }: CustomResourceDefinition): boolean {
  return (status?.conditions ?? []).some(({ type, status }) => type === 'Established' && status === 'True');
}

/** Accepts the names of new definitions, which nobody else has, and establishes their kinds. */
export function runDefinitions({ storage, timers }: Pick<ControllerParts, 'storage' | 'timers'>): Controller {
  const queue = createWorkQueue(name => {
    const definition = storage.get(CUSTOM_RESOURCE_DEFINITIONS, undefined, name);
    if (!definition || isEstablished(definition)) return;
    storage.put(CUSTOM_RESOURCE_DEFINITIONS, {
      ...definition,
      status: establishedStatus(definition.spec, timestamp(timers.now())),
    });
  });
  const unsubscribe = storage.subscribe(({ kind, object }) => {
    if (kind === CUSTOM_RESOURCE_DEFINITIONS) queue.add(object.metadata.name);
  });
  return {
    stop: () => {
      unsubscribe();
      queue.stop();
    },
  };
}

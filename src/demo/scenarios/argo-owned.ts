import { isRefusal } from '../api/status-error.ts';
import { asJson, updateObject } from '../api/write-object.ts';
import { isJsonObject, isSameJson } from '../json.ts';
import { VIRTUAL_SERVICES, type VirtualService } from '../kinds/istio.ts';
import { changeManifest } from './change-manifests.ts';
import type { Scenario, ScenarioParts } from './scenario.ts';

const MANAGER = 'argocd-controller';

/** How soon Argo CD notices a difference and heals it. */
const HEAL_MS = 3_000;

/** Writes the spec that is in Git over the one that is there. */
function heal({ storage, timers, random }: ScenarioParts, wanted: VirtualService): void {
  const { namespace, name } = wanted.metadata;
  const present = storage.get(VIRTUAL_SERVICES, namespace, name);
  if (!present || isSameJson(present.spec, wanted.spec)) return;
  const path = { kind: VIRTUAL_SERVICES, version: 'v1', namespace, name, subresource: undefined };
  const body = { ...asJson(present), spec: asJson(wanted).spec ?? {} };
  const healed = updateObject(path, present, body, {
    storage,
    random,
    nowMs: timers.now(),
    manager: MANAGER,
    isDryRun: false,
  });
  if (isRefusal(healed)) throw new Error(healed.refusal.message);
}

export const ARGO_OWNED: Scenario = {
  name: 'argo-owned',
  summary: 'Argo CD owns the VirtualService, and puts the weights that are in Git back after three seconds.',
  manager: MANAGER,
  changeManifests: changeManifest('VirtualService', 'myapp', ['metadata'], metadata => ({
    ...(isJsonObject(metadata) ? metadata : {}),
    labels: { 'app.kubernetes.io/instance': 'myapp' },
    annotations: {
      'argocd.argoproj.io/tracking-id': 'myapp:networking.istio.io/VirtualService:default/myapp',
    },
  })),
  run: parts => {
    const { storage, timers } = parts;
    const inGit = new Map(storage.list(VIRTUAL_SERVICES).map(object => [object.metadata.uid, object]));
    const unsubscribe = storage.subscribe(({ kind, object }) => {
      const wanted = inGit.get(object.metadata.uid);
      if (kind === VIRTUAL_SERVICES && wanted) timers.after(HEAL_MS, () => heal(parts, wanted));
    });
    return { stop: unsubscribe };
  },
};

import { plainText } from '../plain-text.ts';
import { type JsonObject, labelsIn, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readConditions, readMetadata } from './metadata.ts';

/** Progress of a Deployment to its newest ReplicaSet, judged as `kubectl rollout status` does. */
export type Rollout =
  | { readonly kind: 'complete' }
  | { readonly kind: 'progressing'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string };

export type Deployment = Metadata & {
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly images: readonly string[];
  readonly podLabels: Readonly<Record<string, string>>;
  readonly rollout: Rollout;
};

export function readDeployment(object: KubeObject): Deployment {
  const spec = objectIn(object.spec);
  const status = objectIn(object.status);
  const template = objectIn(spec.template);
  const containers = listIn(objectIn(template.spec).containers);
  return {
    ...readMetadata(object),
    replicas: numberIn(spec.replicas) ?? 1,
    readyReplicas: numberIn(status.readyReplicas) ?? 0,
    images: containers.map(container => plainText(textIn(objectIn(container).image) ?? '', 200)),
    podLabels: labelsIn(objectIn(template.metadata).labels),
    rollout: readRollout(objectIn(object.metadata), spec, status),
  };
}

/**
 * The order of the checks, their numbers and their words follow kubectl (k8s.io/kubectl pkg/polymorphichelpers/rollout_status.go),
 * without its `Waiting for deployment "myapp" rollout to finish: ` in front.
 */
function readRollout(metadata: JsonObject, spec: JsonObject, status: JsonObject): Rollout {
  const count = (value: JsonObject[string] | undefined) => numberIn(value) ?? 0;
  if (count(metadata.generation) > count(status.observedGeneration)) {
    return { kind: 'progressing', words: 'waiting for deployment spec update to be observed' };
  }
  const progressing = readConditions(status).find(condition => condition.type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return { kind: 'failed', words: 'exceeded its progress deadline' };
  }
  const wanted = numberIn(spec.replicas) ?? 1;
  const updated = count(status.updatedReplicas);
  if (updated < wanted)
    return { kind: 'progressing', words: `${updated} out of ${wanted} new replicas have been updated` };
  const old = count(status.replicas) - updated;
  if (old > 0) return { kind: 'progressing', words: `${old} old replicas are pending termination` };
  const available = count(status.availableReplicas);
  if (available < updated)
    return { kind: 'progressing', words: `${available} of ${updated} updated replicas are available` };
  return { kind: 'complete' };
}

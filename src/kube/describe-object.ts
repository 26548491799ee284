import { plainText } from '../plain-text.ts';
import { type DescribedRow, type DescribedSection, type DescribedStatus, fact } from './described.ts';
import { type Json, labelsIn, listIn, objectIn, textIn, timeIn } from './json.ts';
import { type KubeObject, readConditions } from './metadata.ts';

/** `Controlled By` of `kubectl describe`: the owner whose controller keeps the object; empty where there is none. */
export function controllerOf(object: KubeObject): string {
  const owners = listIn(object.metadata.ownerReferences).map(objectIn);
  const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
  return owner ? plainText(`${textIn(owner.kind) ?? ''}/${textIn(owner.name) ?? ''}`, 300) : '';
}

/** Facts that every object has: where it is, since when, and who keeps it. */
export function commonFacts(object: KubeObject): readonly DescribedRow[] {
  const createdAtMs = timeIn(object.metadata.creationTimestamp);
  const namespace = textIn(object.metadata.namespace);
  const controller = controllerOf(object);
  const managedBy = labelsIn(object.metadata.labels)['app.kubernetes.io/managed-by'] ?? '';
  return [
    ...(namespace === undefined ? [] : [fact('Namespace', plainText(namespace, 63))]),
    ...(createdAtMs === undefined ? [] : [fact('Age', '', { sinceMs: createdAtMs })]),
    ...(controller === '' ? [] : [fact('Controlled By', controller)]),
    ...(managedBy === '' ? [] : [fact('Managed By', plainText(managedBy, 63))]),
  ];
}

/**
 * The conditions of a status, as it lists them.
 *
 * @param isWell whether a condition of that type is well where it is true; those of a node that name a pressure are not.
 */
export function conditionsSection(
  status: Json | undefined,
  isWell: (type: string) => boolean = () => true,
): DescribedSection {
  const times = listIn(objectIn(status).conditions).map(item => timeIn(objectIn(item).lastTransitionTime));
  const rows = readConditions(status).map((condition, at) => {
    const { type, isTrue, status, reason, message } = condition;
    const because = [reason, message].filter(text => text !== '').join(': ');
    const sinceMs = times[at];
    return fact(
      plainText(type, 60),
      [plainText(status, 20), because].filter(text => text !== '').join(', '),
      {
        status: conditionStatus(isTrue, status, isWell(type)),
        ...(sinceMs === undefined ? {} : { sinceMs }),
      },
    );
  });
  return { heading: 'Conditions', rows, empty: 'none' };
}

function conditionStatus(isTrue: boolean, status: string, isWellWhenTrue: boolean): DescribedStatus {
  if (status !== 'True' && status !== 'False') return 'waiting';
  return isTrue === isWellWhenTrue ? 'well' : 'warning';
}

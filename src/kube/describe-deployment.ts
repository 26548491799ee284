import { plainText } from '../plain-text.ts';
import { readDeployment } from './deployment.ts';
import { commonFacts, conditionsSection } from './describe-object.ts';
import { type DescribedRow, type DescribedSection, fact } from './described.ts';
import { numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, selectorText } from './metadata.ts';

/** A Deployment in the words of `kubectl describe deployment`: its replicas, images, rollout and conditions. */
export function describeDeployment(object: KubeObject): readonly DescribedSection[] {
  const deployment = readDeployment(object);
  const { strategy } = objectIn(object.spec);
  const facts = [
    fact('Replicas', replicaWords(object)),
    rolloutRow(deployment),
    ...deployment.images.map(image => fact('Image', image)),
    fact('StrategyType', plainText(textIn(objectIn(strategy).type) ?? 'RollingUpdate', 40)),
    fact('Pod Labels', plainText(selectorText(deployment.podLabels), 300)),
    ...commonFacts(object),
  ];
  return [{ heading: '', rows: facts, empty: '' }, conditionsSection(object.status)];
}

function replicaWords({ spec, status }: KubeObject): string {
  const count = (name: string) => numberIn(objectIn(status)[name]) ?? 0;
  return [
    `${numberIn(objectIn(spec).replicas) ?? 1} desired`,
    `${count('updatedReplicas')} updated`,
    `${count('replicas')} total`,
    `${count('availableReplicas')} available`,
    `${count('unavailableReplicas')} unavailable`,
  ].join(', ');
}

function rolloutRow({ rollout }: ReturnType<typeof readDeployment>): DescribedRow {
  if (rollout.kind === 'complete') return fact('Rollout', 'complete', { status: 'well' });
  return fact('Rollout', rollout.words, { status: rollout.kind === 'failed' ? 'failing' : 'waiting' });
}

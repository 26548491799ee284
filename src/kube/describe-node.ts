import { plainText } from '../plain-text.ts';
import { commonFacts, conditionsSection } from './describe-object.ts';
import { type DescribedSection, fact } from './described.ts';
import { listIn, numberIn, objectIn, textIn } from './json.ts';
import type { KubeObject } from './metadata.ts';
import { readNode } from './node.ts';

/** A node in the words of `kubectl describe node`: what it is, what keeps pods off it, what it has, its conditions. */
export function describeNode(object: KubeObject): readonly DescribedSection[] {
  const node = readNode(object);
  const { nodeInfo, allocatable } = objectIn(object.status);
  const info = (name: string) => plainText(textIn(objectIn(nodeInfo)[name]) ?? '', 120);
  const system = [info('osImage'), info('architecture'), info('containerRuntimeVersion')];
  const taints = listIn(objectIn(object.spec).taints).map(taint => {
    const { key, value, effect } = objectIn(taint);
    return plainText(
      `${textIn(key) ?? ''}${textIn(value) ? `=${textIn(value)}` : ''}:${textIn(effect) ?? ''}`,
      200,
    );
  });
  const has = Object.entries(objectIn(allocatable))
    .filter(([name]) => ['cpu', 'memory', 'pods'].includes(name))
    .map(([name, amount]) => `${name} ${textIn(amount) ?? numberIn(amount) ?? '?'}`);
  const facts = [
    fact('Status', node.why === '' ? node.status : `${node.status}: ${node.why}`, {
      status: node.isReady ? wellUnless(node.why !== '' || node.status !== 'Ready') : 'failing',
    }),
    fact('Version', node.kubeletVersion),
    fact('Internal IP', plainText(node.internalIp ?? 'none', 60)),
    fact('System', system.filter(text => text !== '').join(', ')),
    fact('Taints', taints.length === 0 ? 'none' : taints.join(', ')),
    fact('Allocatable', plainText(has.join(', '), 200)),
    ...commonFacts(object),
  ];
  return [
    { heading: '', rows: facts, empty: '' },
    conditionsSection(object.status, type => type === 'Ready'),
  ];
}

function wellUnless(isDoubtful: boolean): 'well' | 'warning' {
  return isDoubtful ? 'warning' : 'well';
}

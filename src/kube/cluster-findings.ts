import type { Finding } from './finding.ts';
import type { Node } from './node.ts';

/** What is not well of the nodes. */
export function nodeFindings(nodes: readonly Node[]): readonly Finding[] {
  return nodes.flatMap(node => {
    const object = `Node ${node.name}`;
    const look = `kubectl describe node ${node.name}`;
    if (!node.isReady) {
      const sentence = `Node ${node.name} is NotReady: ${node.why}`;
      return [
        { severity: 'error', code: 'WB0201', object, sentence, fix: `${look} says since when.` },
      ] as const;
    }
    return [...shortOf(node, object, look), ...cordoned(node, object)];
  });
}

function shortOf({ name, why }: Node, object: string, look: string): readonly Finding[] {
  if (why === '') return [];
  const sentence = `Node ${name} reports ${why}: pods can be evicted, and new ones find no place.`;
  return [{ severity: 'warning', code: 'WB0202', object, sentence, fix: `${look} shows what uses it up.` }];
}

function cordoned({ name, status }: Node, object: string): readonly Finding[] {
  if (!status.includes('SchedulingDisabled')) return [];
  return [
    {
      severity: 'info',
      code: 'WB0203',
      object,
      sentence: `Node ${name} takes no new pods: it is cordoned.`,
      fix: `kubectl uncordon ${name}, once its maintenance is over.`,
    },
  ];
}

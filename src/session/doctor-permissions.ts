import type { Check } from '../kube/checks.ts';
import type { ClusterError } from '../kube/cluster-error.ts';
import type { Finding } from '../kube/finding.ts';
import { permissionWords } from '../kube/permission.ts';
import type { AccessAnswer } from './access.ts';

/** What the person may not do, by the API server's own answers, and what could not be read for another reason. */
export function permissionChecks(
  answers: readonly AccessAnswer[],
  unread: readonly ClusterError[],
  namespace: string,
): readonly Check[] {
  const refused = answers.filter(({ isGranted }) => !isGranted);
  const of = (verbs: readonly string[]) => refused.filter(({ question }) => verbs.includes(question.verb));
  const look = `kubectl auth can-i --list -n ${namespace}`;
  return [
    {
      group: 'permissions',
      id: 'writing',
      sentence: 'weights may be patched',
      hint: look,
      isJudged: answers.some(({ question }) => question.verb === 'patch'),
      findings: of(['patch']).map(mayNotPatch),
    },
    {
      group: 'permissions',
      id: 'reading',
      sentence: 'everything that is judged may be read',
      hint: look,
      isJudged: true,
      findings: onceEach([...of(['list', 'watch']).map(mayNotRead), ...unread.map(notRead)]),
    },
    {
      group: 'permissions',
      id: 'port-forwards',
      sentence: 'port-forwards may be opened',
      hint: look,
      isJudged: answers.some(({ question }) => question.subresource === 'portforward'),
      findings: of(['create']).map(mayNotForward),
    },
  ];
}

function mayNotPatch({ question }: AccessAnswer): Finding {
  return {
    severity: 'error',
    code: 'WB0101',
    object: `Namespace ${question.namespace}`,
    sentence: `You may not patch VirtualServices in namespace ${question.namespace}: weights can be seen and not changed.`,
    fix: `Ask for ${permissionWords(question)}.`,
  };
}

function mayNotForward({ question }: AccessAnswer): Finding {
  return {
    severity: 'warning',
    code: 'WB0102',
    object: `Namespace ${question.namespace}`,
    sentence: 'You may not open port-forwards: which version answered is told from the answers alone.',
    fix: `Ask for ${permissionWords(question)}.`,
  };
}

function mayNotRead({ question }: AccessAnswer): Finding {
  const where = question.namespace === undefined ? 'of the cluster' : `in namespace ${question.namespace}`;
  return {
    severity: 'warning',
    code: 'WB0103',
    object: question.namespace === undefined ? 'the cluster' : `Namespace ${question.namespace}`,
    sentence: `You may not ${question.verb} ${question.resource} ${where}: what they show is not judged.`,
    fix: `Ask for ${permissionWords(question)}.`,
  };
}

/** A refusal that an answer has told already is left to that. */
function notRead({ headline, nextStep }: ClusterError): Finding {
  return { severity: 'warning', code: 'WB0103', object: 'the cluster', sentence: headline, fix: nextStep };
}

function onceEach(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ fix }, at) => findings.findIndex(other => other.fix === fix) === at);
}

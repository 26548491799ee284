import type { Check } from '../kube/checks.ts';

/** The check of a connection on which the API server does not answer, in the words of what failed. */
export function lostConnection(sentence: string, nextStep: string, context: string): Check {
  return {
    group: 'connection',
    id: 'API server',
    sentence: '',
    hint: 'kubectl version',
    isJudged: true,
    findings: [{ severity: 'error', code: 'WB0001', object: `context ${context}`, sentence, fix: nextStep }],
  };
}

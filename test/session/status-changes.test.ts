import { describe, expect, it } from 'vitest';
import { changesBetween, changeWords } from '../../src/session/status-changes.ts';
import type { StatusFacts } from '../../src/session/status-facts.ts';

const version = (name: string, applied: number | null) => ({
  version: name,
  applied,
  readyPods: 1,
  wantedPods: 1,
  health: 'ready' as const,
  words: 'Running',
  image: `myapp:${name}`,
  why: '',
});
const NODE = {
  key: 'node minikube',
  name: 'node minikube',
  status: 'well',
  ready: '',
  words: 'Ready',
  why: '',
} as const;
const [v1, v2] = [version('v1', 50), version('v2', 50)];
const FACTS: StatusFacts = {
  lost: undefined,
  routeGone: undefined,
  setBy: undefined,
  versions: [v1, v2],
  health: [NODE],
  owners: [],
  readOnlyBecause: undefined,
  findings: [],
};
const finding = (object: string, sentence: string) =>
  ({ severity: 'error', code: 'WB0403', object, sentence }) as const;

const lines = (before: Partial<StatusFacts>, after: Partial<StatusFacts>) =>
  changesBetween({ ...FACTS, ...before }, { ...FACTS, ...after }).map(changeWords);

describe('what changed between two states', () => {
  it('is nothing where both say the same', () => {
    expect(lines({}, {})).toEqual([]);
    expect(lines({}, structuredClone(FACTS))).toEqual([]);
  });

  it.each<[string, Partial<StatusFacts>, Partial<StatusFacts>, readonly string[]]>([
    [
      'weights, with who set them',
      {},
      { setBy: 'kubectl-edit', versions: [version('v1', 80), version('v2', null)] },
      ['weights: v1 80, v2 none, set by kubectl-edit (before: v1 50, v2 50)'],
    ],
    [
      'the readiness of one version',
      {},
      { versions: [v1, { ...v2, readyPods: 0, health: 'failing', words: 'Error', why: 'Error: exit 1' }] },
      ['version: v2, 0/1, Error, myapp:v2, Error: exit 1'],
    ],
    [
      'a version whose pods may not be read',
      {},
      { versions: [v1, { ...v2, readyPods: null, wantedPods: null, words: 'its pods may not be read' }] },
      ['version: v2, its pods may not be read, myapp:v2'],
    ],
    [
      'a node that is not well',
      {},
      { health: [{ ...NODE, status: 'failing', words: 'NotReady', why: 'kubelet stopped' }] },
      ['health: node minikube, NotReady, kubelet stopped'],
    ],
    ['a node that is gone', {}, { health: [] }, ['health: node minikube is gone']],
    [
      'an owner, and that it forbids writing',
      {},
      { owners: ['Argo CD'], readOnlyBecause: 'read-only: Argo CD owns it' },
      ['owner: Argo CD', 'read-only: Argo CD owns it'],
    ],
    [
      'an owner that left',
      { owners: ['Argo CD'], readOnlyBecause: 'read-only: Argo CD owns it' },
      {},
      ['owner gone: Argo CD', 'read-only no more'],
    ],
    ['a finding', {}, { findings: [finding('v2', 'No pod.')] }, ['finding: error WB0403: No pod.']],
    [
      'a finding that is over',
      { findings: [finding('v2', 'No pod.')] },
      {},
      ['finding gone: error WB0403: No pod.'],
    ],
    [
      'a second finding of a kind, and not the first again that only reads otherwise',
      { findings: [finding('v2', '1 restart.')] },
      { findings: [finding('v2', '2 restarts.'), finding('v1', 'No pod.')] },
      ['finding: error WB0403: No pod.'],
    ],
    [
      'one of two findings about one thing',
      { findings: [finding('VirtualService', 'No a.'), finding('VirtualService', 'No b.')] },
      { findings: [finding('VirtualService', 'No b.')] },
      ['finding gone: error WB0403: No a.'],
    ],
    ['findings that were not known in time', { findings: undefined }, { findings: [] }, []],
    [
      'a connection that is lost',
      {},
      { lost: { headline: 'Nothing listens.', nextStep: 'Trying again.' } },
      ['connection lost: Nothing listens. Trying again.'],
    ],
    [
      'a connection that stays lost for another reason',
      { lost: { headline: 'Nothing listens.', nextStep: '' } },
      { lost: { headline: 'No answer.', nextStep: '' } },
      [],
    ],
    [
      'a connection that is back',
      { lost: { headline: 'No answer.', nextStep: '' } },
      {},
      ['connection back'],
    ],
    ['a route that goes', {}, { routeGone: 'it was deleted' }, ['route gone: it was deleted']],
    [
      'a route that is back with other weights',
      { routeGone: 'it was deleted' },
      { versions: [version('v1', 100), version('v2', 0)] },
      ['route back: v1 100, v2 0'],
    ],
  ])('is told: %s', (_, before, after, told) => {
    expect(lines(before, after)).toEqual(told);
  });
});

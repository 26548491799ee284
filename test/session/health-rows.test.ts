import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/kube/pod.ts';
import { healthRows } from '../../src/session/health-rows.ts';
import type { ClusterState } from '../../src/session/state.ts';
import { NOW, stateOf } from '../support/states.ts';

const { cluster } = stateOf('healthy', [50, 50]);
const withIstioPods = (keep: (pod: Pod) => boolean): ClusterState => ({
  ...cluster,
  istioPods: { ...cluster.istioPods, items: cluster.istioPods.items.filter(keep) },
});
const shown = (state: ClusterState) =>
  healthRows(state, NOW).map(({ status, name, words }) => `${status} ${name} ${words}`);

describe('the rows of the Health pane', () => {
  it('begin with an istiod that is scaled to 0', () => {
    expect(shown(withIstioPods(({ labels }) => labels.app !== 'istiod'))[0]).toBe(
      'warning istiod none runs here',
    );
  });

  it('keep it while the API server does not answer', () => {
    const { istioPods, ...rest } = withIstioPods(({ labels }) => labels.app !== 'istiod');
    const error = { kind: 'unreachable', headline: 'No answer.', nextStep: '' } as const;
    const freshness = { kind: 'stale', sinceMs: NOW, error } as const;
    expect(shown({ ...rest, istioPods: { ...istioPods, freshness } })[0]).toBe(
      'warning istiod none runs here',
    );
  });

  it('miss no istiod where it is there, or where nothing of Istio is seen', () => {
    expect(shown(cluster).filter(row => row.includes('none runs here'))).toEqual([]);
    expect(shown(withIstioPods(() => false)).filter(row => row.includes('istiod'))).toEqual([]);
  });
});

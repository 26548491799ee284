import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextRolloutStep, rolloutBounds } from '../../src/demo/controllers/rolling-update.ts';
import type { Deployment, ReplicaSet } from '../../src/demo/kinds/apps.ts';

const template = { spec: { containers: [] } };

function deployment(
  replicas: number,
  maxSurge: number | string,
  maxUnavailable: number | string,
): Deployment {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } as const;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'myapp' },
    spec: { replicas, selector: {}, template, strategy },
  };
}

function set(name: string, replicas: number, available: number): ReplicaSet {
  const status = { replicas, readyReplicas: available, availableReplicas: available };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name },
    spec: { replicas, selector: {}, template },
    status,
  };
}

/** Rolls out until nothing moves; between two steps every pod that was asked for becomes available. */
function rollOut(of: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]) {
  const seen: { readonly asked: number; readonly available: number }[] = [];
  let sets = [newSet, ...oldSets];
  for (let step = 0; step < 200; step++) {
    const [first = newSet, ...others] = sets;
    const scaled = nextRolloutStep(of, first, others).map(({ replicaSet, replicas }) => {
      // Pods that go are gone at once; pods that come are not there yet.
      const available = Math.min(replicaSet.status?.availableReplicas ?? 0, replicas);
      return set(replicaSet.metadata.name, replicas, available);
    });
    seen.push({
      asked: scaled.reduce((sum, one) => sum + (one.spec.replicas ?? 0), 0),
      available: scaled.reduce((sum, one) => sum + (one.status?.availableReplicas ?? 0), 0),
    });
    sets = scaled.map(one => set(one.metadata.name, one.spec.replicas ?? 0, one.spec.replicas ?? 0));
  }
  return { seen, end: sets.map(one => one.spec.replicas) };
}

describe('a rolling update', () => {
  it.each<[number, number | string, number | string, { maxSurge: number; maxUnavailable: number }]>([
    [1, '25%', '25%', { maxSurge: 1, maxUnavailable: 0 }],
    [10, '25%', '25%', { maxSurge: 3, maxUnavailable: 2 }],
    [3, 0, 0, { maxSurge: 0, maxUnavailable: 1 }],
    [4, 2, '50%', { maxSurge: 2, maxUnavailable: 2 }],
  ])(
    'of %i pods with surge %s and unavailable %s is bounded by %j',
    (replicas, surge, unavailable, bounds) => {
      expect(rolloutBounds(deployment(replicas, surge, unavailable))).toEqual(bounds);
    },
  );

  it('always ends with the new pods alone, and stays within its bounds on the way', () => {
    const count = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), count, count, (replicas, surge, unavailable) => {
        const of = deployment(replicas, surge, unavailable);
        const { maxSurge, maxUnavailable } = rolloutBounds(of);
        const { seen, end } = rollOut(of, set('new', 0, 0), [set('old', replicas, replicas)]);
        expect(end).toEqual([replicas, 0]);
        expect(Math.max(...seen.map(({ asked }) => asked))).toBeLessThanOrEqual(replicas + maxSurge);
        expect(Math.min(...seen.map(({ available }) => available))).toBeGreaterThanOrEqual(
          Math.max(0, replicas - maxUnavailable),
        );
      }),
    );
  });

  it('gives up pods that are not available first', () => {
    const scalings = nextRolloutStep(deployment(2, 1, 0), set('new', 1, 1), [
      set('broken', 1, 0),
      set('good', 2, 2),
    ]);
    expect(scalings.map(({ replicaSet, replicas }) => [replicaSet.metadata.name, replicas])).toEqual([
      ['new', 1],
      ['broken', 0],
      ['good', 1],
    ]);
  });
});

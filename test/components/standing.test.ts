import { expect, it } from 'vitest';
import { standing } from '../../src/components/standing.ts';
import { ownerGrant } from '../../src/session/ownership.ts';
import type { AppState } from '../../src/session/state.ts';
import { observedTraffic, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const observed: AppState = { ...healthy, traffic: observedTraffic(healthy, 'agrees') };

function owned(granted: readonly string[]): AppState {
  const { applied } = observed.weights;
  if (!applied) throw new Error('no route');
  const virtualService = { ...applied.virtualService, owners: [{ name: 'Argo CD', reverts: true }] };
  return { ...observed, weights: { ...observed.weights, granted, applied: { ...applied, virtualService } } };
}

it('tells where samples go while nothing is wrong', () => {
  expect(standing(observed).text).toMatch(/^sampling http:\/\/192\.168\.49\.2:31380 /);
});

it('names an owner and the key that overrides it, and goes on to name it once it is overridden', () => {
  expect(standing(owned([]))).toEqual({
    level: 'warning',
    text: 'read-only: Argo CD owns it and puts weights back; w overrides',
  });
  expect(standing(owned([ownerGrant('Argo CD')]))).toEqual({
    level: 'info',
    text: 'overriding Argo CD, which may put its own weights back',
  });
});

it('leaves the reason to the pane where there is nothing to show, and names the way out', () => {
  const lost = stateOf('lost', [50, 50]);
  expect(standing(lost).text).toMatch(/^Nothing listens at /);
  expect(standing({ ...lost, weights: { ...lost.weights, applied: undefined } }).text).toBe(
    'trying again; c goes to another cluster, or to the demo cluster',
  );
});

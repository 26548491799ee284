import { type Owner, overrideProblem, ownerInForce, ownerWords } from '../kube/owners.ts';
import { ownersNaming } from '../kube/traffic-controllers.ts';
import { withNotice } from './notices.ts';
import type { AppState } from './state.ts';

/** Who manages the chosen VirtualService, each owner once: by marks on the object, and by a Rollout or Canary that names it. */
export function ownersOfChosen({ weights, controllers }: AppState): readonly Owner[] {
  const { applied } = weights;
  if (!applied) return [];
  const { virtualService, route } = applied;
  // What says through which object it owns comes first: that is where to look.
  const all = [...ownersNaming(controllers, virtualService, route), ...virtualService.owners];
  return all.filter(({ name }, index) => all.findIndex(other => other.name === name) === index);
}

/** An owner that puts weights back and was not overridden, by a confirmation or on the command line: the first of them. */
export function ownerNotOverridden(state: AppState): Owner | undefined {
  const confirmed = ({ name }: Owner) => state.weights.granted.includes(ownerGrant(name));
  return ownerInForce(
    ownersOfChosen(state).filter(owner => !confirmed(owner)),
    state.connection.overriddenOwners,
  );
}

/** Why nothing is written against an owner that was not overridden. `override`: what overrides it, a key or a flag. */
export function ownerRefusal(owner: Owner, override: string): string {
  return `read-only: ${ownerWords(owner)} owns it and puts weights back; ${override} overrides`;
}

/** The grant that overriding an owner records. */
export function ownerGrant(owner: string): string {
  return `owner:${owner}`;
}

/**
 * What the owners of a VirtualService mean for it, told once when it is chosen: one that does not put weights back but writes its
 * own with its next change, and an owner on the command line that it does not have.
 */
export function ownersNoted(before: AppState, now: number): AppState {
  const state = { ...before, weights: { ...before.weights, areOwnersKnown: true } };
  const owners = ownersOfChosen(state);
  const writer = owners.find(({ reverts }) => !reverts);
  const warned = writer
    ? withNotice(
        state,
        'warning',
        `${ownerWords(writer)} manages this VirtualService: its next change may set other weights`,
        now,
      )
    : state;
  const problem = overrideProblem(owners, state.connection.overriddenOwners);
  return problem === undefined ? warned : withNotice(warned, 'warning', problem, now);
}

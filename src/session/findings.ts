import { type Check, findingsOf } from '../kube/checks.ts';
import type { Route, VirtualService } from '../kube/virtual-service.ts';
import { currentAnswers } from './access.ts';
import { versions } from './selectors.ts';
import type { AppState, Sampling } from './state.ts';

/** What the doctor found, as the screen keeps it. */
export type DoctorState = {
  /** Undefined until the first examination has ended. */
  readonly checks: readonly Check[] | undefined;
  /** When somebody last asked to see it: then it is read anew. */
  readonly askedAtMs: number;
};

export const NOT_EXAMINED: DoctorState = { checks: undefined, askedAtMs: 0 };

export function doctorAsked(state: AppState, now: number): AppState {
  return { ...state, doctor: { ...state.doctor, askedAtMs: now } };
}

/** Somebody asks for what an examination finds now: what was found before does not count. */
export function examinedAnew(state: AppState, now: number): AppState {
  return { ...state, doctor: { checks: undefined, askedAtMs: now } };
}

/** The state after an examination. Nothing changes where it found what is known already. */
export function examined(state: AppState, checks: readonly Check[]): AppState {
  const isSame = JSON.stringify(checks) === JSON.stringify(state.doctor.checks);
  return isSame ? state : { ...state, doctor: { ...state.doctor, checks } };
}

/** How many errors and warnings are known: what a person should look at. */
export function findingCount({ doctor }: Pick<AppState, 'doctor'>): number {
  return findingsOf(doctor.checks ?? []).filter(({ severity }) => severity !== 'info').length;
}

/**
 * What an examination follows from, as far as the panes watch it, as text to compare: another text is a reason to look again.
 * How much weight a version has is no part of it, only whether it has any.
 */
export function examinedSubject(state: AppState): string {
  const { applied } = state.weights;
  const { nodes, istioPods, destinationRules, gateways, services, virtualServices } = state.cluster;
  const revisions = [destinationRules, gateways, services].map(({ items }) =>
    items.map(({ name, resourceVersion }) => `${name} ${resourceVersion}`),
  );
  return JSON.stringify([
    state.target,
    applied?.route.index,
    applied?.weights.map(weight => Math.sign(weight ?? 0)),
    versions(state).map(({ label, health, words, why }) => [label, health, words, why]),
    nodes.items.map(({ name, status, why }) => [name, status, why]),
    istioPods.items.map(({ name, status, isReady }) => [name, status, isReady]),
    revisions,
    virtualServices.items.map(wayThrough),
    currentAnswers(state),
    gatewayFacts(state.traffic.sampling),
  ]);
}

/** How the gateway is reached, without how versions are told apart. */
function gatewayFacts(sampling: Sampling) {
  return sampling.kind === 'sampling' ? [sampling.place, sampling.way, sampling.reached] : sampling;
}

/** Whether nothing that an examination follows from differs between two states, told without reading any of it. */
export function isSameEvidence(left: AppState, right: AppState): boolean {
  return (
    left.cluster === right.cluster &&
    left.target === right.target &&
    left.weights.applied === right.weights.applied &&
    left.access === right.access &&
    left.traffic.sampling === right.traffic.sampling
  );
}

/** What decides where requests to a VirtualService go, without how many: shifts say nothing new. */
function wayThrough({ namespace, name, hosts, gateways, routes }: VirtualService) {
  return [namespace, name, hosts, gateways, routes.map(routeWithoutWeights)];
}

function routeWithoutWeights({ json, destinations }: Route) {
  const where = destinations.map(({ host, subset, port }) => [host, subset, port]);
  return [json.match, json.delegate, json.redirect, json.directResponse, json.rewrite, where];
}

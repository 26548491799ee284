import { plainText } from '../plain-text.ts';
import { routeChosen } from './applied.ts';
import type { HeadlessSession } from './headless-session.ts';
import { areStarting } from './read-versions.ts';
import { routeLabel } from './remembered.ts';
import { connectionPhase, type RouteChoice, routeChoices } from './selectors.ts';
import type { AppState, Collected } from './state.ts';

/** A failure for people: what is so, and one next step, which may be empty. */
export type Failure = { readonly headline: string; readonly nextStep: string };

/** What is to be shifted, once that is known; or why there is nothing. */
export type RouteKnown =
  | { readonly kind: 'known' }
  /** What was asked for is not there, or is more than one. */
  | ({ readonly kind: 'not-found' } & Failure)
  /** The cluster does not answer, or does not let us read what it takes. */
  | ({ readonly kind: 'cluster' } & Failure)
  /** The signal came first. */
  | { readonly kind: 'stopped' };

export type RouteWanted = {
  /** By its name, or its place such as `http 2`; absent where there is only one. */
  readonly route?: string | undefined;
  /** How long to wait for a cluster that does not answer. */
  readonly limitMs: number;
  /** How long to wait besides for pods that are starting. */
  readonly startMs: number;
};

/** How long is waited for what only a question or a warning depends on, once the route is known. */
const BESIDES_MS = 10_000;

/**
 * Waits until the route is chosen, and everything is known that a write is refused or questioned for: owners, and the pods of the
 * versions. A cluster that does not answer is given `limitMs`.
 */
export async function routeKnown(
  session: HeadlessSession,
  { route, limitMs, startMs }: RouteWanted,
  signal: AbortSignal,
): Promise<RouteKnown> {
  const { store } = session;
  const found = await session.until(state => whatIsThere(state) !== 'unknown', limitMs, signal);
  if (signal.aborted) return { kind: 'stopped' };
  if (whatIsThere(found) === 'unknown') return { kind: 'cluster', ...notAnswering(found) };
  const chosen = chooseRoute(session, route);
  if (chosen) return chosen;
  await session.until(isKnownBesides, BESIDES_MS, signal);
  await session.until(state => !areStarting(state), startMs, signal);
  if (signal.aborted) return { kind: 'stopped' };
  return store.getState().weights.applied
    ? { kind: 'known' }
    : { kind: 'cluster', ...notAnswering(store.getState()) };
}

function whatIsThere(state: AppState): 'unknown' | 'route' | 'routes' | 'nothing' | 'refused' {
  const { virtualServices } = state.cluster;
  if (state.weights.applied) return 'route';
  if (state.target.kind === 'choosing') return 'routes';
  if (state.target.kind !== 'none') return 'unknown';
  return virtualServices.freshness.kind === 'live' ? 'nothing' : 'refused';
}

/** Chooses the route that is named, or the only one. Yields why there is none; undefined once it is chosen. */
function chooseRoute({ store }: HeadlessSession, wanted: string | undefined): RouteKnown | undefined {
  const state = store.getState();
  const { applied } = state.weights;
  if (state.target.kind === 'none') return nothingThere(state);
  if (applied && (wanted === undefined || namesOf(applied.route).includes(wanted))) return undefined;
  const choices = applied ? [applied] : routeChoices(state);
  const named =
    wanted === undefined ? choices : choices.filter(({ route }) => namesOf(route).includes(wanted));
  const [only, ...others] = named;
  if (!only) {
    const headline = `There is no route ${plainText(wanted ?? '', 80)} to shift.`;
    return { kind: 'not-found', headline, nextStep: `Name one of ${routesText(choices)} with --route.` };
  }
  if (others.length > 0) return { kind: 'not-found', ...several(named) };
  store.setState(current => routeChosen(current, only.virtualService, only.route), true);
  return undefined;
}

type Choice = Pick<RouteChoice, 'virtualService' | 'route'>;

/** A route is called by its name, and by its place. */
function namesOf(route: Choice['route']): readonly string[] {
  return [routeLabel(route), `${route.protocol} ${route.index + 1}`];
}

function routesText(choices: readonly Choice[]): string {
  return [...new Set(choices.map(({ route }) => routeLabel(route)))].join(', ');
}

function several(choices: readonly Choice[]): Failure {
  const names = [...new Set(choices.map(({ virtualService }) => virtualService.name))];
  if (names.length > 1) {
    const headline = `There are several VirtualServices to shift: ${names.join(', ')}.`;
    return { headline, nextStep: 'Name one of them.' };
  }
  const headline = `VirtualService ${names[0]} has several routes to shift: ${routesText(choices)}.`;
  return { headline, nextStep: 'Name one of them with --route.' };
}

function nothingThere(state: AppState): RouteKnown {
  const { target, connection, cluster } = state;
  if (target.kind !== 'none') return { kind: 'cluster', ...notAnswering(state) };
  if (cluster.virtualServices.freshness.kind !== 'live') {
    return { kind: 'cluster', headline: target.reason, nextStep: target.nextStep };
  }
  const names = cluster.virtualServices.items.map(({ name }) => name);
  const isNamed = connection.virtualService !== undefined && !names.includes(connection.virtualService);
  const nextStep =
    isNamed && names.length > 0
      ? `Name one of ${names.slice(0, 20).join(', ')}.`
      : withoutKeys(target.nextStep);
  return { kind: 'not-found', headline: target.reason, nextStep };
}

/** Of advice for the screen what holds without one. */
function withoutKeys(nextStep: string): string {
  return /\bpress\b/i.test(nextStep)
    ? 'Name another VirtualService, or another namespace with -n.'
    : nextStep;
}

function notAnswering({ cluster }: AppState): Failure {
  const { freshness } = cluster.virtualServices;
  const phase = connectionPhase(cluster);
  if (freshness.kind === 'stale') {
    const { headline, nextStep } = freshness.error;
    return { headline, nextStep };
  }
  if (phase.kind === 'lost') return { headline: phase.reason, nextStep: phase.nextStep };
  return { headline: 'The API server does not answer.', nextStep: 'Check the network and the VPN.' };
}

/** Whether owners and pods were looked for, with whatever result. */
function isKnownBesides({ weights, cluster }: AppState): boolean {
  const { pods, services, destinationRules, deployments } = cluster;
  const isRead = ({ freshness }: Collected<unknown>) => freshness.kind !== 'loading';
  return weights.areOwnersKnown && [pods, services, destinationRules, deployments].every(isRead);
}

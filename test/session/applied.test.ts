import { describe, expect, it } from 'vitest';
import type { ClusterError } from '../../src/kube/cluster-error.ts';
import { readDeployment } from '../../src/kube/deployment.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { readPod } from '../../src/kube/pod.ts';
import { readService } from '../../src/kube/service.ts';
import { readDestinationRule } from '../../src/kube/traffic-objects.ts';
import { readVirtualService, type VirtualService } from '../../src/kube/virtual-service.ts';
import {
  patchAccepted,
  patchFailed,
  patchSent,
  routeBack,
  routeChosen,
  virtualServiceGone,
  virtualServiceRead,
  virtualServiceSeen,
} from '../../src/session/applied.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { isEchoOverdue } from '../../src/session/cluster-events.ts';
import type { Intent } from '../../src/session/intents.ts';
import { currentNotice } from '../../src/session/notices.ts';
import { type AppState, initialState } from '../../src/session/state.ts';
import { aVirtualService, fixtureObjects } from '../support/objects.ts';

const T = 1_000_000;
const right: Intent = { kind: 'shift', points: 10 };
const left: Intent = { kind: 'shift', points: -10 };
const rejected: ClusterError = { kind: 'invalid', headline: "Can't patch: no.", nextStep: 'Look.' };

function chosen(virtualService: VirtualService): AppState {
  const state = initialState(T, { columns: 80, rows: 24, isUnicode: true });
  const [route] = virtualService.routes;
  if (!route) throw new Error('no route');
  return routeChosen(state, virtualService, route);
}

const start = chosen(aVirtualService([50, 50]));
const press = (state: AppState, intent: Intent, atMs = T) => applyIntent(state, intent, atMs);
const shown = ({ weights }: AppState) => ({
  requested: weights.requested.join('/'),
  applied: weights.applied?.weights.join('/'),
});
const lastNotice = (state: AppState) => state.notices.at(-1)?.text;
/** The answer of a server that took what was sent. */
const accept = (state: AppState, resourceVersion: string, atMs = T) => {
  const { patch } = state.weights;
  if (patch.kind !== 'in-flight') throw new Error('nothing was sent');
  return patchAccepted(
    state,
    aVirtualService(patch.wanted, { resourceVersion, manager: 'weighbridge' }),
    atMs,
  );
};

describe('keys', () => {
  it('move the new version, which is selected at the start', () => {
    expect(shown(press(start, right))).toEqual({ requested: '40/60', applied: '50/50' });
  });

  it('each count, however many come at once', () => {
    expect(shown([right, right, right].reduce((state, key) => press(state, key), start)).requested).toBe(
      '20/80',
    );
  });

  it('less than a second apart are one undo step', () => {
    const twice = press(press(start, right, T), right, T + 900);
    expect(shown(press(twice, { kind: 'undo' }, T + 950)).requested).toBe('50/50');
    const apart = press(press(start, right, T), right, T + 1100);
    expect(shown(press(apart, { kind: 'undo' }, T + 1200)).requested).toBe('40/60');
  });

  it('come back to the proportions that the others had', () => {
    const three = chosen(aVirtualService([60, 30, 10]));
    const all = press(three, { kind: 'set-to', weight: 100 });
    expect(shown(press(all, { kind: 'set-to', weight: 10 })).requested).toBe('60/30/10');
  });

  it('normalise weights that do not sum to 100, and undo restores them exactly', () => {
    const odd = chosen(aVirtualService([undefined, 300]));
    const shifted = press(odd, left);
    expect(shifted.weights.requested).toEqual([10, 90]);
    expect(press(shifted, { kind: 'undo' }, T + 1).weights.requested).toEqual([undefined, 300]);
  });

  it('say why nothing happens', () => {
    const full = chosen(aVirtualService([0, 100]));
    expect(lastNotice(press(full, right))).toBe('the split is 0/100 already');
    const locked = press(press(start, { kind: 'select-version', by: -1 }), { kind: 'toggle-lock' });
    const blocked = press(press(locked, { kind: 'select-version', by: 1 }), right);
    expect(lastNotice(blocked)).toBe('every other version is locked');
    expect(lastNotice(press(start, { kind: 'undo' }))).toBe('there is no shift to undo');
  });

  it('redo what was undone, until something else is asked for', () => {
    const undone = press(press(start, right, T), { kind: 'undo' }, T + 2000);
    expect(shown(press(undone, { kind: 'redo' }, T + 4000)).requested).toBe('40/60');
    const other = press(undone, left, T + 4000);
    expect(lastNotice(press(other, { kind: 'redo' }, T + 8000))).toBe('there is nothing to redo');
  });
});

describe('an accepted patch', () => {
  it('is applied by its answer, before the watch shows it', () => {
    const accepted = accept(patchSent(press(start, right), T), '2', T + 30);
    expect(shown(accepted)).toEqual({ requested: '40/60', applied: '40/60' });
    expect(accepted.weights.applied?.source).toEqual({
      kind: 'shift',
      shiftId: 1,
      from: [50, 50],
      keyAtMs: T,
      sentAtMs: T,
      acceptedAtMs: T + 30,
    });
  });

  it('is not taken back by older events that the watch shows late', () => {
    const accepted = accept(patchSent(press(start, right), T), '9');
    const late = virtualServiceSeen(accepted, aVirtualService([50, 50], { resourceVersion: '8' }), T + 10);
    expect(shown(late).applied).toBe('40/60');
    const echoed = virtualServiceSeen(late, aVirtualService([40, 60], { resourceVersion: '9' }), T + 20);
    const outside = virtualServiceSeen(
      echoed,
      aVirtualService([5, 95], { resourceVersion: '10', manager: 'argocd' }),
      T + 30,
    );
    expect(shown(outside)).toEqual({ requested: '5/95', applied: '5/95' });
  });

  it('leaves what was asked for meanwhile requested', () => {
    const sent = patchSent(press(start, right), T);
    const accepted = accept(press(sent, right), '2');
    expect(shown(accepted)).toEqual({ requested: '30/70', applied: '40/60' });
  });
});

describe('a change by somebody else', () => {
  it('becomes applied, with a notice that names the manager', () => {
    const seen = virtualServiceSeen(
      start,
      aVirtualService([20, 80], { resourceVersion: '2', manager: 'argocd-controller' }),
      T,
    );
    expect(shown(seen)).toEqual({ requested: '20/80', applied: '20/80' });
    expect(lastNotice(seen)).toBe('argocd-controller set 20/80 at 06:00:00');
  });

  it('is told apart from our own by the resourceVersion, not by the name', () => {
    const seen = virtualServiceSeen(
      start,
      aVirtualService([20, 80], { resourceVersion: '2', manager: 'weighbridge' }),
      T,
    );
    expect(lastNotice(seen)).toBe('another weighbridge set 20/80 at 06:00:00');
  });

  it('of anything but weights is followed without a word', () => {
    const seen = virtualServiceSeen(
      start,
      aVirtualService([50, 50], { resourceVersion: '2', labels: { a: 'b' } }),
      T,
    );
    expect(seen.notices).toEqual([]);
    expect(seen.weights.applied?.virtualService.resourceVersion).toBe('2');
  });

  it('wins over an ask that was not sent yet, which is kept for r', () => {
    const asked = press(start, right);
    const seen = virtualServiceSeen(
      asked,
      aVirtualService([20, 80], { resourceVersion: '2', manager: 'kubectl-patch' }),
      T,
    );
    expect(shown(seen)).toEqual({ requested: '20/80', applied: '20/80' });
    expect(lastNotice(seen)).toBe(
      'you asked 40/60; meanwhile kubectl-patch set 20/80 at 06:00:00; r asks again',
    );
    expect(shown(press(seen, { kind: 'ask-again' }, T + 5000)).requested).toBe('40/60');
  });

  it('ends the run of a held key: nothing is written that was not asked for in its sight', () => {
    const asked = press(start, right, T);
    const seen = virtualServiceSeen(asked, aVirtualService([20, 80], { resourceVersion: '2' }), T + 10);
    const held = press(press(seen, right, T + 40), right, T + 70);
    expect(shown(held).requested).toBe('20/80');
    expect(shown(press(held, right, T + 1500)).requested).toBe('10/90');
  });
});

describe('a refused patch', () => {
  it('returns requested to applied, in the words of the server, and keeps the ask', () => {
    const sent = patchSent(press(start, right), T);
    const failed = patchFailed(sent, rejected, aVirtualService([]), aVirtualService([50, 50]), T);
    expect(shown(failed)).toEqual({ requested: '50/50', applied: '50/50' });
    expect(lastNotice(failed)).toBe("Can't patch: no. Look. (you asked 40/60; r asks again)");
    expect(failed.weights.undo).toEqual([]);
  });

  it('names who changed the route meanwhile', () => {
    const sent = patchSent(press(start, right), T);
    const theirs = aVirtualService([20, 80], { resourceVersion: '5', manager: 'argocd-controller' });
    const failed = patchFailed(sent, rejected, aVirtualService([]), theirs, T);
    expect(lastNotice(failed)).toBe(
      'you asked 40/60; meanwhile argocd-controller set 20/80 at 06:00:00; r asks again',
    );
    expect(shown(failed)).toEqual({ requested: '20/80', applied: '20/80' });
  });

  it('does not announce that change a second time when the watch shows it', () => {
    const theirs = aVirtualService([20, 80], { resourceVersion: '5', manager: 'argocd-controller' });
    const failed = patchFailed(patchSent(press(start, right), T), rejected, aVirtualService([]), theirs, T);
    const replayed = virtualServiceSeen(failed, aVirtualService([30, 70], { resourceVersion: '4' }), T + 1);
    expect(virtualServiceSeen(replayed, theirs, T + 2).notices).toHaveLength(1);
  });

  it('of an undo leaves the shift to be undone', () => {
    const shifted = accept(patchSent(press(start, right), T), '2');
    const undone = patchSent(press(shifted, { kind: 'undo' }, T + 2000), T + 2000);
    const failed = patchFailed(
      undone,
      rejected,
      aVirtualService([]),
      aVirtualService([40, 60], { resourceVersion: '2' }),
      T + 2100,
    );
    expect(failed.weights.undo).toHaveLength(1);
    expect(failed.weights.redo).toEqual([]);
  });

  it('keeps what was accepted of a run as the step to undo', () => {
    const first = accept(patchSent(press(start, right, T), T), '2');
    const more = patchSent(press(first, right, T + 300), T + 300);
    const failed = patchFailed(
      more,
      rejected,
      aVirtualService([]),
      aVirtualService([40, 60], { resourceVersion: '2' }),
      T + 400,
    );
    expect(shown(press(failed, { kind: 'undo' }, T + 2000)).requested).toBe('50/50');
  });

  it('that was applied after all is told', () => {
    const sent = patchSent(press(start, right), T);
    const failed = patchFailed(sent, { ...rejected, kind: 'unreachable' }, aVirtualService([]), undefined, T);
    const seen = virtualServiceSeen(failed, aVirtualService([40, 60], { resourceVersion: '2' }), T + 50);
    expect(lastNotice(seen)).toBe('your 40/60 is applied after all');
  });
});

describe('a patch whose answer is lost', () => {
  const lost: ClusterError = { ...rejected, kind: 'unreachable' };
  const sent = patchSent(press(start, right), T);
  const theirs = aVirtualService([40, 60], { resourceVersion: '2', manager: 'weighbridge' });
  const undone = (state: AppState) => shown(press(state, { kind: 'undo' }, T + 5000)).requested;

  it('is a step to undo where it turns out at once that it was applied', () => {
    const failed = patchFailed(sent, lost, aVirtualService([]), theirs, T + 100);
    expect(shown(failed)).toEqual({ requested: '40/60', applied: '40/60' });
    expect(failed.notices).toEqual([]);
    expect(undone(failed)).toBe('50/50');
  });

  it('is a step to undo where that shows later', () => {
    const failed = patchFailed(sent, lost, aVirtualService([]), undefined, T + 100);
    expect(lastNotice(press(failed, { kind: 'undo' }, T + 200))).toBe('there is no shift to undo');
    const seen = virtualServiceSeen(failed, theirs, T + 300);
    expect(lastNotice(seen)).toBe('your 40/60 is applied after all');
    expect(undone(seen)).toBe('50/50');
  });

  it('of an undo leaves that undone, and redo makes it again', () => {
    const undoing = patchSent(press(accept(sent, '2'), { kind: 'undo' }, T + 2000), T + 2000);
    const back = aVirtualService([50, 50], { resourceVersion: '3', manager: 'weighbridge' });
    const failed = patchFailed(undoing, lost, aVirtualService([]), back, T + 2100);
    expect(shown(failed)).toEqual({ requested: '50/50', applied: '50/50' });
    expect(shown(press(failed, { kind: 'redo' }, T + 5000)).requested).toBe('40/60');
    expect(lastNotice(press(failed, { kind: 'undo' }, T + 5000))).toBe('there is no shift to undo');
  });
});

describe('undo', () => {
  it('takes back a run whose last patch is still under way, to what was before its first', () => {
    const first = accept(patchSent(press(start, right, T), T), '2');
    const running = patchSent(press(first, right, T + 300), T + 300);
    const undoing = press(running, { kind: 'undo' }, T + 400);
    expect(shown(undoing).requested).toBe('50/50');
    expect(undoing.ui.overlay.kind).toBe('none');
    const answered = accept(undoing, '3');
    expect(shown(answered)).toEqual({ requested: '50/50', applied: '30/70' });
    const restored = accept(patchSent(answered, T + 600), '4');
    expect(shown(press(restored, { kind: 'redo' }, T + 3000)).requested).toBe('30/70');
  });

  it('asks first where the weights are no longer as the last shift left them', () => {
    const shifted = accept(patchSent(press(start, right), T), '2');
    const echoed = virtualServiceSeen(shifted, aVirtualService([40, 60], { resourceVersion: '2' }), T);
    const changed = virtualServiceSeen(
      echoed,
      aVirtualService([5, 95], { resourceVersion: '3', manager: 'kubectl' }),
      T,
    );
    const asking = press(changed, { kind: 'undo' }, T + 5000);
    expect(asking.ui.overlay).toMatchObject({
      kind: 'confirm',
      question: 'Go back to 50/50?',
      detail: 'Your last shift left 40/60, but 5/95 is applied now.',
      focus: 'cancel',
    });
    expect(shown(press(asking, { kind: 'accept' })).requested).toBe('5/95');
    const confirmed = press(press(asking, { kind: 'move-choice', by: 1 }), { kind: 'accept' }, T + 6000);
    expect(shown(confirmed).requested).toBe('50/50');
  });
});

it('takes no answer for a VirtualService that is no longer the one chosen', () => {
  const sent = patchSent(press(start, right), T);
  const other = { ...aVirtualService([5, 95]), name: 'other' };
  const [route] = other.routes;
  if (!route) throw new Error('no route');
  const chosenOther = routeChosen(sent, other, route);
  expect(shown(accept(chosenOther, '2'))).toEqual({ requested: '5/95', applied: '5/95' });
  const failed = patchFailed(chosenOther, rejected, aVirtualService([]), aVirtualService([1, 99]), T);
  expect(shown(failed)).toEqual({ requested: '5/95', applied: '5/95' });
});

describe('a route that changes', () => {
  const withRoutes = (http: readonly object[], resourceVersion: string) =>
    readVirtualService({
      apiVersion: 'networking.istio.io/v1',
      metadata: { name: 'myapp', namespace: 'default', uid: 'uid-myapp', resourceVersion },
      spec: { hosts: ['*'], http },
    } as never);
  const route = (weights: readonly number[], more: object = {}) => ({
    ...more,
    route: weights.map((weight, index) => ({
      destination: { host: 'myapp', subset: `v${index + 1}` },
      weight,
    })),
  });

  it('to other destinations is followed where it is the only one, and forgets its undo steps', () => {
    const shifted = accept(patchSent(press(start, right), T), '2');
    const echoed = virtualServiceSeen(shifted, aVirtualService([40, 60], { resourceVersion: '2' }), T);
    const three = virtualServiceSeen(echoed, aVirtualService([20, 30, 50], { resourceVersion: '3' }), T);
    expect(shown(three)).toEqual({ requested: '20/30/50', applied: '20/30/50' });
    expect(three.weights.undo).toEqual([]);
    expect(lastNotice(three)).toBe('shifting v1, v2, v3 of VirtualService myapp, applied 20/30/50');
  });

  it('to other destinations under our patch leaves nothing to ask again', () => {
    const sent = patchSent(press(start, right), T);
    const failed = patchFailed(
      sent,
      rejected,
      aVirtualService([]),
      aVirtualService([40, 40, 20], { resourceVersion: '7' }),
      T,
    );
    expect(shown(failed)).toEqual({ requested: '40/40/20', applied: '40/40/20' });
    expect(lastNotice(press(failed, { kind: 'ask-again' }))).toBe('nothing that you asked for was refused');
  });

  it('its place is followed: a route put before it is not shifted instead', () => {
    const canary = route([100, 0], { match: [{ headers: { 'x-canary': { exact: 'yes' } } }] });
    const moved = virtualServiceSeen(start, withRoutes([canary, route([50, 50])], '2'), T);
    expect(moved.weights.applied?.route.index).toBe(1);
    expect(shown(moved).applied).toBe('50/50');
    expect(moved.notices).toEqual([]);
  });

  it('is waited for when its VirtualService is deleted, and no other is taken instead', () => {
    const gone = virtualServiceGone(start, T);
    expect(gone.target).toEqual({ kind: 'chosen', namespace: 'default', name: 'myapp' });
    expect(lastNotice(gone)).toBe('VirtualService myapp was deleted; waiting for it to come back');
    const back = routeBack(gone, withRoutes([route([10, 90])], '9'), T);
    expect(shown(back)).toEqual({ requested: '10/90', applied: '10/90' });
  });

  it('closes a question that was about it', () => {
    const asking = { ...start, connection: { ...start.connection, isProtected: true } };
    expect(virtualServiceGone(press(asking, right), T).ui.overlay).toEqual({ kind: 'none' });
  });
});

describe('a server that stores something else', () => {
  it('is believed and not asked again', () => {
    const sent = patchSent(press(start, right), T);
    const stored = patchAccepted(sent, aVirtualService([70, 30], { resourceVersion: '2' }), T);
    expect(shown(stored)).toEqual({ requested: '70/30', applied: '70/30' });
    expect(lastNotice(stored)).toBe('you asked 40/60; the API server stored 70/30 instead');
  });
});

describe('a watch that is behind', () => {
  it('takes nothing back: the object is read, and that is believed', () => {
    const accepted = accept(patchSent(press(start, right), T), '9');
    const late = virtualServiceSeen(
      accepted,
      aVirtualService([50, 50], { resourceVersion: '1' }),
      T + 60_000,
    );
    expect(shown(late).applied).toBe('40/60');
    expect(isEchoOverdue(late, T + 60_000)).toBe(true);
    const same = virtualServiceRead(late, aVirtualService([40, 60], { resourceVersion: '9' }), T + 60_000);
    expect(isEchoOverdue(same, T + 60_100)).toBe(false);
    const newer = virtualServiceRead(late, aVirtualService([5, 95], { resourceVersion: '12' }), T + 60_000);
    expect(shown(newer).applied).toBe('5/95');
    expect(
      shown(virtualServiceSeen(newer, aVirtualService([50, 50], { resourceVersion: '2' }), T + 61_000))
        .applied,
    ).toBe('5/95');
  });

  it('is not waited for again where its echo came while the object was being read', () => {
    const accepted = accept(patchSent(press(start, right), T), '9');
    const echo = aVirtualService([40, 60], { resourceVersion: '9' });
    const echoed = virtualServiceSeen(accepted, echo, T + 6000);
    const newer = virtualServiceSeen(echoed, aVirtualService([5, 95], { resourceVersion: '10' }), T + 6010);
    // The answer is older than what the watch has shown by now.
    expect(virtualServiceRead(newer, echo, T + 6020)).toEqual(newer);
  });

  it('is not waited for where it skipped our patch, as after a new list, and has shown what was read', () => {
    const accepted = accept(patchSent(press(start, right), T), '9');
    const listed = aVirtualService([5, 95], { resourceVersion: '12' });
    const virtualServices = { items: [listed], freshness: { kind: 'live' } } as const;
    const relisted = virtualServiceSeen(
      { ...accepted, cluster: { ...accepted.cluster, virtualServices } },
      listed,
      T + 100,
    );
    const read = virtualServiceRead(relisted, listed, T + 6000);
    expect(shown(read).applied).toBe('5/95');
    const outside = virtualServiceSeen(read, aVirtualService([1, 99], { resourceVersion: '13' }), T + 6100);
    expect(shown(outside).applied).toBe('1/99');
  });

  it('is still waited for after a later patch failed', () => {
    const accepted = accept(patchSent(press(start, right), T), '9');
    const sent = patchSent(press(accepted, right, T + 300), T + 300);
    const failed = patchFailed(
      sent,
      { ...rejected, kind: 'unreachable' },
      aVirtualService([]),
      undefined,
      T + 400,
    );
    expect(
      shown(virtualServiceSeen(failed, aVirtualService([50, 50], { resourceVersion: '1' }), T + 500)).applied,
    ).toBe('40/60');
  });
});

it('uses the proportions of an outside change, not those from before it', () => {
  const three = press(chosen(aVirtualService([20, 30, 50])), right);
  const accepted = accept(patchSent(three, T), '2');
  const outside = virtualServiceSeen(
    virtualServiceSeen(accepted, aVirtualService([16, 24, 60], { resourceVersion: '2' }), T),
    aVirtualService([50, 10, 40], { resourceVersion: '3' }),
    T,
  );
  expect(shown(press(outside, right, T + 5000)).requested).toBe('42/8/50');
});

it('sets nothing by a confirmation whose weights have changed meanwhile', () => {
  const prod = { ...start, connection: { ...start.connection, context: 'prod-eu', isProtected: true } };
  const asking = press(press(prod, right), { kind: 'move-choice', by: 1 });
  const changed = virtualServiceSeen(asking, aVirtualService([5, 95], { resourceVersion: '2' }), T);
  const accepted = press(changed, { kind: 'accept' });
  expect(shown(accepted).requested).toBe('5/95');
  expect(lastNotice(accepted)).toBe('the weights changed while you were asked: nothing was set');
});

it('makes each redo an undo step of its own', () => {
  const first = accept(patchSent(press(start, right, T), T), '2');
  const second = accept(patchSent(press(first, right, T + 2000), T + 2000), '3');
  const back = press(press(second, { kind: 'undo' }, T + 4000), { kind: 'undo' }, T + 4100);
  const again = press(press(back, { kind: 'redo' }, T + 4200), { kind: 'redo' }, T + 4300);
  expect(shown(again).requested).toBe('30/70');
  expect(shown(press(again, { kind: 'undo' }, T + 4400)).requested).toBe('40/60');
});

it('does not take an accepted undo for what the shift before it left', () => {
  const first = accept(patchSent(press(start, right, T), T), '2');
  const second = accept(patchSent(press(first, right, T + 2000), T + 2000), '3');
  const undone = accept(patchSent(press(second, { kind: 'undo' }, T + 4000), T + 4000), '4');
  expect(undone.weights.undo.map(({ accepted }) => accepted)).toEqual([[40, 60]]);
});

it('overrides each owner that puts weights back on its own', () => {
  const labels = { 'argocd.argoproj.io/instance': 'shop', 'kustomize.toolkit.fluxcd.io/name': 'shop' };
  const owned = chosen(aVirtualService([50, 50], { labels }));
  const override = (state: AppState) =>
    press(press(press(state, { kind: 'override-owner' }), { kind: 'move-choice', by: 1 }), {
      kind: 'accept',
    });
  expect(lastNotice(press(override(owned), right))).toContain('Flux owns it');
  expect(shown(press(override(override(owned)), right)).requested).toBe('40/60');
});

it('writes nothing under --read-only', () => {
  const readOnly = { ...start, connection: { ...start.connection, isReadOnly: true } };
  expect(shown(press(readOnly, right)).requested).toBe('50/50');
  expect(lastNotice(press(readOnly, right))).toBe('read-only: weighbridge was started with --read-only');
});

it('forgets the route when its VirtualService is gone', () => {
  const gone = virtualServiceGone(press(start, right), T);
  expect(gone.weights.applied).toBeUndefined();
  expect(lastNotice(press(gone, right))).toBe('there is no VirtualService to shift yet');
});

describe('sending weight to a version without a ready pod', () => {
  const objects = fixtureObjects('crash-looping');
  const collected = <Item>(kind: string, read: (object: KubeObject) => Item) => ({
    items: objects.filter(object => object.kind === kind).map(read),
    freshness: { kind: 'live' } as const,
  });
  const crashLooping: AppState = {
    ...chosen(aVirtualService([100, 0])),
    cluster: {
      ...start.cluster,
      pods: collected('Pod', readPod),
      deployments: collected('Deployment', readDeployment),
      services: collected('Service', readService),
      destinationRules: collected('DestinationRule', readDestinationRule),
    },
  };

  it('asks first, with Cancel focused, and arrows confirm nothing', () => {
    const asking = press(crashLooping, right);
    expect(asking.ui.overlay).toMatchObject({
      kind: 'confirm',
      question: 'Send traffic to v2, which has no ready pod?',
      detail: '100/0 becomes 90/10. Its share will be answered 503. CrashLoopBackOff, 4 restarts: exit 1.',
      focus: 'cancel',
    });
    expect(shown(asking).requested).toBe('100/0');
    expect(shown(press(asking, { kind: 'accept' })).requested).toBe('100/0');
  });

  it.each<[Intent['kind'], Intent]>([
    ['set-to', { kind: 'set-to', weight: 100 }],
    ['split-evenly', { kind: 'split-evenly' }],
    ['undo', { kind: 'undo' }],
    ['redo', { kind: 'redo' }],
    ['back-to-good', { kind: 'back-to-good' }],
    ['ask-again', { kind: 'ask-again' }],
  ])('asks first by whatever key: %s', (_kind, intent) => {
    const toV2 = { id: 1, from: [0, 100], to: [100, 0], accepted: [100, 0], firstKeyAtMs: 0, lastKeyAtMs: 0 };
    const weights = {
      ...crashLooping.weights,
      undo: [toV2],
      redo: [{ ...toV2, from: [100, 0], to: [0, 100] }],
      lastGood: [0, 100],
      refusedAsk: [0, 100],
    };
    const asking = press({ ...crashLooping, weights }, intent);
    expect(asking.ui.overlay).toMatchObject({ question: 'Send traffic to v2, which has no ready pod?' });
    expect(shown(asking).requested).toBe('100/0');
  });

  it('asks once, until the version has a ready pod again', () => {
    const confirmed = press(press(press(crashLooping, right), { kind: 'move-choice', by: 1 }), {
      kind: 'accept',
    });
    expect(shown(confirmed).requested).toBe('90/10');
    expect(shown(press(confirmed, right)).requested).toBe('80/20');
  });

  it('does not ask when weight is taken from it', () => {
    const half = { ...crashLooping, weights: chosen(aVirtualService([50, 50])).weights };
    expect(shown(press(half, left)).requested).toBe('60/40');
  });

  it('does not ask where pods cannot be read', () => {
    const { cluster } = crashLooping;
    const unread = {
      ...crashLooping,
      cluster: { ...cluster, pods: { items: [], freshness: { kind: 'loading' } as const } },
    };
    expect(shown(press(unread, right)).requested).toBe('90/10');
  });
});

describe('an owner that puts weights back', () => {
  const labels = { 'argocd.argoproj.io/instance': 'shop' };
  const owned = chosen(aVirtualService([50, 50], { labels }));

  it('makes the VirtualService read-only, and is named', () => {
    expect(shown(press(owned, right)).requested).toBe('50/50');
    expect(lastNotice(press(owned, right))).toContain('Argo CD owns it');
  });

  it('is overridden by w and a confirmation that names it', () => {
    const asking = press(owned, { kind: 'override-owner' });
    expect(asking.ui.overlay).toMatchObject({
      question: 'Change weights that Argo CD owns?',
      focus: 'cancel',
    });
    const overridden = press(press(asking, { kind: 'move-choice', by: 1 }), { kind: 'accept' });
    expect(shown(press(overridden, right)).requested).toBe('40/60');
  });
});

it('asks before the first write on a protected context', () => {
  const prod = { ...start, connection: { ...start.connection, context: 'prod-eu', isProtected: true } };
  const asking = press(prod, right);
  expect(asking.ui.overlay).toMatchObject({ kind: 'confirm', question: 'Change weights on prod-eu?' });
  const confirmed = press(press(asking, { kind: 'move-choice', by: 1 }), { kind: 'accept' });
  expect(shown(press(confirmed, right)).requested).toBe('30/70');
});

describe('a jump over 50 points', () => {
  const full = chosen(aVirtualService([100, 0]));
  const prod = { ...full, connection: { ...full.connection, context: 'prod-eu', isProtected: true } };
  const confirm = (state: AppState) =>
    press(press(state, { kind: 'move-choice', by: 1 }), { kind: 'accept' });
  const all: Intent = { kind: 'set-to', weight: 100 };

  it('asks on a protected context each time, and is one question with that of the first write', () => {
    const first = confirm(press(prod, all));
    expect(shown(first).requested).toBe('0/100');
    const applied = accept(patchSent(first, T), '2');
    const asking = press(applied, { kind: 'undo' });
    expect(asking.ui.overlay).toMatchObject({
      question: 'Move 100 points at once on prod-eu?',
      detail: 'This context is protected. 0/100 becomes 100/0.',
      focus: 'cancel',
    });
    expect(shown(asking).requested).toBe('0/100');
    const undone = accept(patchSent(confirm(asking), T), '3');
    expect(press(undone, all).ui.overlay.kind).toBe('confirm');
  });

  it('asks once for a shift that a held key makes in small steps, and goes on after that', () => {
    const granted = { ...prod, weights: { ...prod.weights, granted: ['protected-context'] } };
    const hold = (state: AppState, keys: number, fromMs: number) =>
      Array.from({ length: keys }).reduce<AppState>(
        (held, _, at) => press(held, right, fromMs + at * 30),
        state,
      );
    const asking = hold(granted, 10, T);
    expect(shown(asking).requested).toBe('50/50');
    expect(asking.ui.overlay).toMatchObject({
      question: 'Move 60 points at once on prod-eu?',
      detail: 'This context is protected. 50/50 becomes 40/60. It began at 100/0.',
      focus: 'cancel',
    });
    const agreed = (atMs: number) =>
      press(press(asking, { kind: 'move-choice', by: 1 }, atMs), { kind: 'accept' }, atMs);
    // Whether the answer comes while the key would still count as held, or later.
    expect(shown(hold(agreed(T + 400), 4, T + 410)).requested).toBe('0/100');
    expect(shown(hold(agreed(T + 5_000), 4, T + 5_010)).requested).toBe('0/100');
    const later = hold(hold(agreed(T + 400), 4, T + 410), 1, T + 10_000);
    expect(press(later, { kind: 'set-to', weight: 10 }, T + 20_000).ui.overlay.kind).toBe('confirm');
  });

  it('is not asked about below that, nor on another context', () => {
    const granted = { ...prod, weights: { ...prod.weights, granted: ['protected-context'] } };
    expect(shown(press(granted, { kind: 'set-to', weight: 50 })).requested).toBe('50/50');
    expect(shown(press(full, all)).requested).toBe('0/100');
  });
});

describe('typing a weight', () => {
  const type = (state: AppState, text: string) =>
    press(press(state, { kind: 'enter-weight' }), { kind: 'type', text });

  it('sets it exactly, also when text and enter arrive at once', () => {
    expect(shown(press(type(start, '37'), { kind: 'submit' })).requested).toBe('63/37');
    expect(shown(type(start, '37\r')).requested).toBe('63/37');
  });

  it('says what is wrong while it is typed, and changes nothing', () => {
    const wrong = press(type(start, '137'), { kind: 'submit' });
    expect(wrong.ui.overlay).toMatchObject({
      kind: 'prompt',
      draft: '137',
      problem: 'a whole number from 0 to 100',
    });
    expect(shown(wrong).requested).toBe('50/50');
  });

  it('takes nothing that is no digit', () => {
    expect(type(start, '4x\u001b[A2').ui.overlay).toMatchObject({ draft: '42' });
  });
});

it('takes a paste into an open prompt and nowhere else', () => {
  expect(press(start, { kind: 'paste', text: 'q>>>' })).toEqual(start);
  const prompt = press(start, { kind: 'enter-weight' });
  expect(press(prompt, { kind: 'paste', text: '75' }).ui.overlay).toMatchObject({ draft: '75' });
  expect(press(prompt, { kind: 'paste', text: '75\nq' }).ui.overlay).toMatchObject({ draft: '75' });
});

it('says why a key did nothing until the next one does something', () => {
  const refused = applyIntent(start, { kind: 'redo' }, 1_000);
  expect(currentNotice({ ...refused, now: 1_500 })?.text).toBe('there is nothing to redo');
  const again = applyIntent(refused, { kind: 'set-to', weight: 50 }, 2_000);
  expect(currentNotice({ ...again, now: 2_000 })?.text).toBe('the split is 50/50 already');
  expect(
    currentNotice({ ...applyIntent(again, { kind: 'shift', points: 10 }, 3_000), now: 3_000 }),
  ).toBeUndefined();
});

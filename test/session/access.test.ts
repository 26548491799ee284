import { describe, expect, it } from 'vitest';
import { hints, keyRefusal } from '../../src/components/key-lookup.ts';
import { keymap } from '../../src/components/keymap.ts';
import type { AccessQuestion } from '../../src/kube/cluster-api.ts';
import { permissionWords } from '../../src/kube/permission.ts';
import { accessAnswered, accessQuestions, patchQuestion } from '../../src/session/access.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { refusal } from '../../src/session/refusal.ts';
import type { AppState } from '../../src/session/state.ts';
import { NOW, stateOf } from '../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const without = (state: AppState, ...questions: readonly AccessQuestion[]) =>
  accessAnswered(
    state,
    questions.map(question => ({ question, isGranted: false })),
  );
const readOnly = without(healthy, patchQuestion(healthy));

describe('the rights that are asked for', () => {
  it('are of the VirtualService itself, in its own namespace', () => {
    const elsewhere: AppState = { ...healthy, target: { kind: 'chosen', namespace: 'shop', name: 'myapp' } };
    expect(patchQuestion(elsewhere)).toEqual({
      verb: 'patch',
      group: 'networking.istio.io',
      resource: 'virtualservices',
      namespace: 'shop',
      name: 'myapp',
    });
    const words = accessQuestions(elsewhere).map(permissionWords);
    expect(words).toContain('`create` on pods/portforward in namespace shop');
    expect(words).toContain('`list` on pods in namespace istio-system');
    expect(words).toContain('`watch` on nodes in the cluster');
    expect(new Set(words).size).toBe(words.length);
  });

  it('say nothing of another VirtualService once that is chosen', () => {
    const other: AppState = { ...readOnly, target: { kind: 'chosen', namespace: 'shop', name: 'myapp' } };
    expect(refusal(other, { kind: 'shift', points: 10 })).toBeUndefined();
  });
});

describe('a key that lacks a right', () => {
  it('is dim with the verb, together with its like', () => {
    expect(hints(readOnly).filter(({ isAvailable }) => !isAvailable)[0]).toEqual({
      key: '←/→ -/+ = u </> b e ctrl-r',
      label: 'needs patch',
      isAvailable: false,
    });
    expect(hints(readOnly)[1]).toEqual({ key: '↑/↓', label: 'version', isAvailable: true });
  });

  it('says why when it is pressed, and asks for the right anew', () => {
    const pressed = applyIntent(readOnly, { kind: 'undo' }, NOW + 5);
    expect(pressed.notices.at(-1)?.text).toBe(
      'read-only: ask for `patch` on virtualservices in namespace default',
    );
    expect(pressed.access.doubtedAtMs).toBe(NOW + 5);
  });

  it('opens neither the prompt for a weight nor the question about an owner', () => {
    for (const kind of ['enter-weight', 'override-owner'] as const) {
      expect(applyIntent(readOnly, { kind }, NOW).ui.overlay).toEqual({ kind: 'none' });
    }
  });

  it('says why in the help, where keys of other panes are judged in their own', () => {
    const lines = keymap.map(binding => [binding.id, keyRefusal(readOnly, binding)] as const);
    const reasons = Object.fromEntries(lines);
    expect(reasons['set-exact']).toBe('needs patch');
    expect(reasons['set-gateway']).toBe('');
  });

  it('works again once the right is given', () => {
    const given = accessAnswered(readOnly, [{ question: patchQuestion(readOnly), isGranted: true }]);
    expect(refusal(given, { kind: 'shift', points: 10 })).toBeUndefined();
    expect(given.access.answers).toHaveLength(1);
  });

  it('opens no empty list of VirtualServices', () => {
    const cluster = {
      ...healthy.cluster,
      virtualServices: { ...healthy.cluster.virtualServices, items: [] },
    };
    const blind = without(
      { ...healthy, cluster },
      { verb: 'list', group: 'networking.istio.io', resource: 'virtualservices', namespace: 'default' },
    );
    expect(refusal(blind, { kind: 'open-list', list: 'routes' })).toBe(
      'ask for `list` on virtualservices in namespace default',
    );
  });
});

import { describe, expect, it } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { completion, namesWanted } from '../../src/session/command-line.ts';
import type { Intent } from '../../src/session/intents.ts';
import { namespacesRead, namespacesRefused } from '../../src/session/namespaces.ts';
import { nearestNames } from '../../src/session/nearest-names.ts';
import type { AppState } from '../../src/session/state.ts';
import { commandNamed, TYPED_COMMANDS } from '../../src/session/typed-commands.ts';
import { aVirtualService } from '../support/objects.ts';
import { NOW, observedTraffic, stateOf } from '../support/states.ts';

const press = (state: AppState, ...intents: readonly Intent[]) =>
  intents.reduce((before, intent) => applyIntent(before, intent, NOW), state);
const typed = (state: AppState, text: string) =>
  press(state, { kind: 'open-command-line' }, { kind: 'type', text });
const run = (state: AppState, text: string) => press(typed(state, text), { kind: 'submit' });

const healthy = stateOf('healthy', [50, 50]);
const shop = (name: string) => ({ ...aVirtualService([90, 10]), name, uid: name });
const known: AppState = namespacesRead(
  {
    ...healthy,
    traffic: observedTraffic(healthy, 'agrees'),
    cluster: {
      ...healthy.cluster,
      virtualServices: {
        items: [...healthy.cluster.virtualServices.items, shop('shop'), shop('shipping')],
        freshness: { kind: 'live' },
      },
    },
    places: {
      ...healthy.places,
      contexts: ['minikube', 'eu-prod', 'eu-staging'].map(name => ({
        name,
        cluster: name,
        serverHost: `${name}.example.com`,
        namespace: 'default',
        isProtected: name === 'eu-prod',
      })),
    },
  },
  ['default', 'istio-system', 'shop'],
);

describe('a command', () => {
  it.each<readonly [string, object]>([
    ['ns', { overlay: { kind: 'list', list: 'namespaces' } }],
    ['NAMESPACES', { overlay: { kind: 'list', list: 'namespaces' } }],
    ['ctx', { overlay: { kind: 'list', list: 'contexts' } }],
    ['vs', { overlay: { kind: 'list', list: 'routes' } }],
    ['doctor', { overlay: { kind: 'list', list: 'findings' } }],
    ['history', { overlay: { kind: 'list', list: 'shifts' } }],
    ['h', { overlay: { kind: 'help' } }],
    ['theme high-contrast', { theme: 'high-contrast' }],
  ])(':%s changes what is seen', (text, ui) => {
    const after = run(known, text);
    expect(after.ui).toMatchObject(ui);
    expect(after.ui.commandLine).toBeUndefined();
  });

  it.each<readonly [string, (state: AppState) => unknown, unknown]>([
    [
      'ns shop',
      ({ places }) => places.move,
      { to: { kind: 'context', context: 'minikube', namespace: 'shop' } },
    ],
    ['ctx eu-staging', ({ places }) => places.move, { to: { kind: 'context', context: 'eu-staging' } }],
    ['ctx demo', ({ places }) => places.move, { to: { kind: 'demo' } }],
    ['vs shipping', ({ target }) => target, { kind: 'chosen', name: 'shipping' }],
    ['rate 5', ({ traffic }) => traffic, { ratePerSecond: 5 }],
    ['rate  0.1 ', ({ traffic }) => traffic, { ratePerSecond: 0.1 }],
    ['pause', ({ traffic }) => traffic, { isPaused: true }],
    ['clear', ({ traffic }) => traffic.chart, { clearedAtMs: NOW }],
    ['q', ({ run }) => run, { kind: 'leaving' }],
  ])(':%s does what it says', (text, slice, expected) => {
    expect(slice(run(known, text))).toMatchObject(expected as object);
  });

  it.each([
    ['nss', 'there is no command nss; nearest: ns'],
    ['xyzzy', 'there is no command xyzzy'],
    ['ns shpo', 'there is no namespace shpo; nearest: shop'],
    ['ns No_Name', 'No_Name is no name of a namespace'],
    ['ctx eu-prd', 'there is no context eu-prd; nearest: eu-prod'],
    ['vs shiping', 'there is no VirtualService to shift shiping; nearest: shipping'],
    ['rate', 'type :rate N'],
    ['rate 2000', 'type a number of samples per second from 0.1 to 1000'],
    ['theme mnoo', 'there is no theme mnoo; nearest: mono'],
    ['clear all', ':clear takes nothing behind it'],
  ])(':%s stays, and says: %s', (text, problem) => {
    const after = run(known, text);
    expect(after.ui.commandLine).toMatchObject({ text, problem });
    expect({ ...after.ui, commandLine: undefined, actedAtMs: 0 }).toEqual({ ...known.ui, actedAtMs: 0 });
    expect(press(after, { kind: 'edit-line', edit: 'erase-left' }).ui.commandLine?.problem).toBe('');
  });

  it('goes to a namespace that nobody could list', () => {
    const refused = namespacesRefused(known, { kind: 'forbidden', headline: 'Forbidden.', nextStep: '' });
    expect(run(refused, 'ns team-a').places.move).toMatchObject({ to: { namespace: 'team-a' } });
  });

  it('that can do nothing now says why, and is gone', () => {
    const after = run(stateOf('nothing', []), 'clear');
    expect(after.notices.at(-1)?.text).toBe('nothing is drawn yet');
    expect(after.ui.commandLine).toBeUndefined();
  });

  it('of several routes of one VirtualService asks which', () => {
    const [first] = shop('shop').routes;
    if (!first) throw new Error('no route');
    const two = { ...shop('two'), routes: [first, { ...first, index: 1, name: 'second' }] };
    const virtualServices = { items: [two], freshness: { kind: 'live' } } as const;
    const state = { ...known, cluster: { ...known.cluster, virtualServices } };
    expect(run(state, 'vs two').ui.overlay).toMatchObject({ kind: 'list', list: 'routes', filter: 'two' });
  });

  it('lies over an open list, which is there again behind it', () => {
    const list = press(known, { kind: 'open-list', list: 'contexts' });
    const left = press(typed(list, 'rate'), { kind: 'close-overlay' });
    expect(left.ui.overlay).toEqual(list.ui.overlay);
    expect(left.ui.commandLine).toBeUndefined();
  });

  it('has a name of its own, and each of its other names as well', () => {
    const names = TYPED_COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(commandNamed(name)).toBeDefined();
  });
});

describe('what is proposed', () => {
  const proposed = (text: string, ...intents: readonly Intent[]) => {
    const { lines, ghost } = completion(press(typed(known, text), ...intents));
    return [lines.length, ghost];
  };
  const next: Intent = { kind: 'move-choice', by: 1 };
  const previous: Intent = { kind: 'move-choice', by: -1 };

  it('is the rest of a name', () => {
    expect(proposed('')).toEqual([TYPED_COMMANDS.length, '']);
    expect(proposed('his')).toEqual([1, 'tory']);
    expect(proposed('virtuals')).toEqual([2, 'ervice']);
    expect(proposed('ns ')).toEqual([3, 'default']);
    expect(proposed('ns sh')).toEqual([1, 'op']);
    expect(proposed('ctx EU')).toEqual([2, '-prod']);
    expect(proposed('vs s')).toEqual([2, 'hipping']);
    expect(proposed('theme h')).toEqual([1, 'igh-contrast']);
    expect(proposed('nothing ')).toEqual([0, '']);
  });

  it('is another one after each arrow, and the first after the last', () => {
    expect(proposed('ctx eu', next)[1]).toBe('-staging');
    expect(proposed('ctx eu', next, next)[1]).toBe('-prod');
    expect(proposed('ctx eu', previous)[1]).toBe('-staging');
    expect(proposed('', next)[1]).toBe('ns');
    expect(proposed('', previous)[1]).toBe('q');
  });

  it.each<readonly [string, Intent]>([
    ['tab', { kind: 'complete' }],
    ['the right arrow', { kind: 'edit-line', edit: 'right' }],
  ])('is taken by %s, and an argument is proposed next', (_key, take) => {
    const name = press(typed(known, 'c'), take);
    expect(name.ui.commandLine?.text).toBe('ctx ');
    expect(press(name, take).ui.commandLine?.text).toBe('ctx minikube');
    expect(press(typed(known, 'his'), take).ui.commandLine?.text).toBe('history');
    expect(press(typed(known, 'xyz'), take).ui.commandLine?.text).toBe('xyz');
  });

  it('is run by enter only where an arrow moved to it', () => {
    expect(run(known, 'hi').ui.commandLine?.problem).toMatch(/^there is no command hi/);
    expect(press(typed(known, 'ctx eu'), next, { kind: 'submit' }).places.move).toMatchObject({
      to: { context: 'eu-staging' },
    });
  });

  it('has the names read that it is of, and only then', () => {
    expect(namesWanted(known)).toBeUndefined();
    expect(namesWanted(typed(known, 'ns'))).toBeUndefined();
    expect(namesWanted(typed(known, 'ns '))).toBe('namespaces');
    expect(namesWanted(typed(known, 'context eu'))).toBe('contexts');
    expect(namesWanted(typed(known, 'vs '))).toBeUndefined();
  });
});

it('takes pasted text as text: a line break runs nothing', () => {
  const pasted = press(known, { kind: 'open-command-line' }, { kind: 'paste', text: 'q\nq=100\n' });
  expect(pasted.ui.commandLine?.text).toBe('q');
  expect(pasted.run).toEqual({ kind: 'running' });
});

describe('the nearest names', () => {
  it.each([
    ['defualt', ['default']],
    ['shp', ['ship', 'shop']],
    ['kube', []],
    ['--help', []],
  ])('to %s are %j', (word, near) => {
    expect(nearestNames(word, ['default', 'shop', 'ship', 'kube-system', 'shop'])).toEqual(near);
  });
});

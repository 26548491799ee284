import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { loadRemembered, rememberedFile, saveChoice } from '../../src/commands/remembered-file.ts';
import {
  type RememberedPlace,
  readRemembered,
  rememberedAsText,
  withChoice,
  withContext,
} from '../../src/session/remembered.ts';
import type { AppState } from '../../src/session/state.ts';
import { manifestsFolder } from '../support/demo-session.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedScreen, startHostedScreen } from '../support/hosted-screen.ts';

let cleanup: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-test-'));
  cleanup.push(() => rm(folder, { recursive: true }));
  return folder;
}

const route =
  '[{route: [{destination: {host: myapp, subset: v1}, weight: 50}, {destination: {host: myapp, subset: v2}, weight: 50}]}]';
const virtualService = (name: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}}
spec: {hosts: [${name}.example.com], gateways: [app-gateway], http: ${route}}
`;

/** A screen on a cluster with the VirtualServices one and two. */
async function startOnTwo(
  stateHome: string,
  flags: Parameters<typeof startHostedScreen>[1] = {},
): Promise<HostedScreen> {
  const folder = await emptyFolder();
  await cp(manifestsFolder, folder, { recursive: true });
  await writeFile(
    join(folder, '06-virtual-service.yaml'),
    `${virtualService('one')}---${virtualService('two')}`,
  );
  const screen = await startHostedScreen(['blue'], flags, { manifestsFolder: folder, stateHome });
  cleanup.push(() => screen.stop());
  return screen;
}

const isAsked = ({ ui: { overlay } }: AppState) => overlay.kind === 'list' && overlay.list === 'routes';
const isChosen = (state: AppState) => state.target.kind === 'chosen';
const notices = (state: AppState) => state.notices.map(({ text }) => text).join('\n');
const fileIn = (stateHome: string) => join(stateHome, 'weighbridge', 'places.json');

describe('the route chosen of several', () => {
  it('is chosen by itself the next time, and that is said', async () => {
    const stateHome = await emptyFolder();
    const first = await startOnTwo(stateHome);
    await first.until(isAsked);
    await first.choose('routes', 'two');
    await eventually(async () => expect(await readFile(fileIn(stateHome), 'utf8')).toContain('"two"'));
    expect((await stat(fileIn(stateHome))).mode & 0o777).toBe(0o600);
    expect(await readdir(dirname(fileIn(stateHome)))).toEqual(['places.json']);
    const second = await startOnTwo(stateHome);
    const seen = await second.until(isChosen);
    expect(seen.target).toMatchObject({ name: 'two' });
    expect(notices(seen)).toContain('shifting two, http 1, as you chose last time; v chooses another');
  });

  it('gives way to the command line', async () => {
    const stateHome = await emptyFolder();
    const choice = { namespace: 'default', route: { virtualService: 'two', route: 'http 1' }, atMs: 1 };
    await saveChoice(fileIn(stateHome), 'blue', choice);
    const screen = await startOnTwo(stateHome, { virtualService: 'one' });
    expect((await screen.until(isChosen)).target).toMatchObject({ name: 'one' });
  });

  it('is asked for where the file is spoilt, which is said, and replaced by the next choice', async () => {
    const stateHome = await emptyFolder();
    await mkdir(dirname(fileIn(stateHome)));
    await writeFile(fileIn(stateHome), '{"version":1,"contexts":{"blue":[{"names');
    const screen = await startOnTwo(stateHome);
    const asked = await screen.until(isAsked);
    expect(notices(asked)).toContain('what you chose before is not known');
    expect(await readFile(fileIn(stateHome), 'utf8')).toContain('[{"names');
    await screen.choose('routes', 'one');
    await eventually(async () => {
      const { remembered, isSpoilt } = await loadRemembered(fileIn(stateHome));
      expect(isSpoilt).toBe(false);
      expect(remembered.get('blue')?.[0]?.route).toEqual({ virtualService: 'one', route: 'http 1' });
    });
  });
});

describe('the file of what is remembered', () => {
  it('is under XDG_STATE_HOME where that is absolute, else in the home folder', () => {
    expect(rememberedFile({ HOME: '/home/me', XDG_STATE_HOME: '/state' })).toBe(
      '/state/weighbridge/places.json',
    );
    const usual = '/home/me/.local/state/weighbridge/places.json';
    expect(rememberedFile({ HOME: '/home/me', XDG_STATE_HOME: 'relative' })).toBe(usual);
    expect(rememberedFile({ HOME: '/home/me' })).toBe(usual);
  });

  const name = fc.string({ minLength: 1, maxLength: 20 });
  const place = fc.record({
    namespace: name,
    route: fc.option(fc.record({ virtualService: name, route: name }), { nil: undefined }),
    atMs: fc.nat(),
  });

  it('holds what was chosen, whatever it is called', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, fc.array(place)), { selector: ([key]) => key }), entries => {
        const remembered = new Map(entries);
        expect(readRemembered(rememberedAsText(remembered))).toEqual(remembered);
      }),
      { examples: [[[['__proto__', []]]], [[['constructor', []]]]] },
    );
  });

  it('never grows beyond a hundred contexts of thirty namespaces each, the newest ones', () => {
    const many = Array.from({ length: 200 }, (_, at) => at);
    const places = many.reduce<readonly RememberedPlace[]>(
      (kept, at) => withChoice(kept, { namespace: `n${at}`, route: undefined, atMs: at }),
      [],
    );
    expect(places.map(({ namespace }) => namespace)).toEqual(
      many
        .slice(170)
        .reverse()
        .map(at => `n${at}`),
    );
    const all = many.reduce<ReturnType<typeof withContext>>(
      (kept, at) => withContext(kept, `c${at}`, [{ namespace: 'n', route: undefined, atMs: at }]),
      new Map(),
    );
    expect(all.size).toBe(100);
    expect(all.has('c100')).toBe(true);
    expect(all.has('c99')).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['another version', '{"version":2,"contexts":{}}'],
    ['a list', '[]'],
    ['a place without a namespace', '{"version":1,"contexts":{"c":[{"atMs":1}]}}'],
    ['a name that is none', '{"version":1,"contexts":{"c":[{"namespace":{},"atMs":1}]}}'],
    ['a route without a name', '{"version":1,"contexts":{"c":[{"namespace":"n","atMs":1,"route":{}}]}}'],
  ])('is not read where it holds %s', (_what, text) => {
    expect(readRemembered(text)).toBeUndefined();
  });

  it('keeps nothing that is none of ours', () => {
    const text =
      '{"version":1,"contexts":{"c":[{"namespace":"n","atMs":1,"token":"secret","route":{"virtualService":"v","route":"r","token":"secret"}}]}}';
    expect(rememberedAsText(readRemembered(text) ?? new Map())).not.toContain('secret');
  });
});

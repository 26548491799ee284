import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { curlCommand } from '../../src/kube/curl-command.ts';
import { shellWord, weightsCommand } from '../../src/kube/kubectl-command.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { copyTaken } from '../../src/session/copy-state.ts';
import type { Copyable } from '../../src/session/copyable.ts';
import { copyables } from '../../src/session/copyables.ts';
import type { Intent } from '../../src/session/intents.ts';
import { withNotice } from '../../src/session/notices.ts';
import type { AppState } from '../../src/session/state.ts';
import type { Overlay, Subject } from '../../src/session/ui-state.ts';
import { type DemoSession, setWeightsBeside, startDemoSession } from '../support/demo-session.ts';
import { afterShifts } from '../support/histories.ts';
import { aVirtualService } from '../support/objects.ts';
import { NOW, observedTraffic, stateOf } from '../support/states.ts';

const HAS_KUBECTL = spawnSync('kubectl', ['version', '--client']).status === 0;
const run = promisify(execFile);

const press = (state: AppState, ...intents: readonly Intent[]) =>
  intents.reduce((before, intent) => applyIntent(before, intent, NOW), state);
const healthy = stateOf('healthy', [50, 50]);
const sampled: AppState = { ...healthy, traffic: observedTraffic(healthy, 'agrees') };
const details = (subject: Subject): Overlay => ({ kind: 'details', subject, index: 0 });
const names = (state: AppState) => copyables(state).map(({ name }) => name);
const wantedText = ({ copy: { wanted } }: AppState) => (wanted.kind === 'text' ? wanted.text : wanted.kind);

describe('what is under the cursor', () => {
  const COMMAND = 'the kubectl command for the weights, 50/50';
  const YAML = 'the YAML of VirtualService myapp';
  const URL = 'the URL of the gateway';
  const CURL = 'the curl command for a sample';

  it('is of the weights and of the gateway, the focused one first', () => {
    expect(names(sampled)).toEqual([COMMAND, YAML, URL, CURL]);
    expect(names(press(sampled, { kind: 'focus', pane: 'responses' }))).toEqual([URL, CURL, COMMAND, YAML]);
    expect(names(healthy)).toEqual([COMMAND, YAML]);
    expect(names(stateOf('nothing', []))).toEqual([]);
  });

  it('is no address that only this program can reach', () => {
    const { sampling } = sampled.traffic;
    if (sampling.kind !== 'sampling') throw new Error('nothing is sampled');
    const place = 'pod istio-system/istio-ingressgateway-7d8f9c-x2x4q port 8080';
    const forwarded = { ...sampled, traffic: { ...sampled.traffic, sampling: { ...sampling, place } } };
    expect(names(forwarded)).toEqual([COMMAND, YAML]);
  });

  it('asks which of several in a menu, and takes the highlighted one', () => {
    const menu = press(sampled, { kind: 'copy' });
    expect(menu.ui.overlay).toMatchObject({ kind: 'list', list: 'copies' });
    const third = press(menu, { kind: 'move-choice', by: 1 }, { kind: 'move-choice', by: 1 });
    expect(wantedText(press(third, { kind: 'accept' }))).toBe('http://192.168.49.2:31380');
    expect(wantedText(press(third, { kind: 'copy' }))).toBe('http://192.168.49.2:31380');
    expect(wantedText(press(menu, { kind: 'close-overlay' }))).toBe('nothing');
  });

  it('is the highlighted line of a list, and copied at once', () => {
    const said = withNotice(sampled, 'warning', 'argocd set 20/80', NOW);
    const messages = press(said, { kind: 'open-list', list: 'messages' }, { kind: 'copy' });
    expect(wantedText(messages)).toBe('argocd set 20/80');
    expect(messages.ui.overlay).toMatchObject({ kind: 'list', list: 'messages' });
    expect(wantedText(press(sampled, { kind: 'open-list', list: 'routes' }, { kind: 'copy' }))).toBe('myapp');
  });

  it('is one shift as Markdown in the history', () => {
    const history = press(afterShifts(sampled), { kind: 'open-list', list: 'shifts' });
    const inList = wantedText(press(history, { kind: 'copy' }));
    expect(inList).toContain('## Traffic shifts');
    expect(inList.match(/^\| \d+ \|/gm)).toHaveLength(1);
    expect(wantedText(press(history, { kind: 'accept' }, { kind: 'copy' }))).toBe(inList);
  });

  it('is the highlighted row of a pane, and the one that is shown in full', () => {
    const NODE = ['the name of the node', 'the kubectl command that describes the node'];
    const health = press(sampled, { kind: 'focus', pane: 'health' });
    expect(names(health)).toEqual([...NODE, COMMAND, YAML, URL, CURL]);
    expect(
      names({ ...health, ui: { ...health.ui, overlay: details({ kind: 'node', name: 'minikube' }) } }),
    ).toEqual(NODE);
    const pod = copyables({
      ...health,
      ui: { ...health.ui, overlay: details({ kind: 'pod', namespace: 'shop', name: 'a-1' }) },
    });
    expect(pod.at(-1)?.content).toEqual({
      kind: 'text',
      text: 'kubectl --context minikube -n shop describe pod a-1\n',
    });
    const version = press(sampled, { kind: 'focus', pane: 'versions' });
    expect(names(version)[0]).toBe('the name of the version');
  });

  it('is nothing where a list is empty, and that is said', () => {
    const after = press(healthy, { kind: 'open-list', list: 'messages' }, { kind: 'copy' });
    expect(after.notices.at(-1)?.text).toBe('there is nothing to copy here');
  });
});

describe('a command for a shell', () => {
  it.each([
    ['myapp', 'myapp'],
    ['', "''"],
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$(reboot)', "'$(reboot)'"],
    ['arn:aws:eks:eu-central-1:1:cluster/shop', 'arn:aws:eks:eu-central-1:1:cluster/shop'],
  ])('has %j as %s', (word, quoted) => {
    expect(shellWord(word)).toBe(quoted);
  });

  it('names context and namespace, tests each destination and sets its weight', () => {
    const virtualService = aVirtualService([60, 40]);
    const [route] = virtualService.routes;
    if (!route) throw new Error('no route');
    const command = weightsCommand({ kubeconfig: '', context: 'minikube' }, virtualService, route, [60, 40]);
    const [, before, patch = ''] = /^(.*) -p '(.*)'$/.exec(command) ?? [];
    expect(before).toBe('kubectl --context minikube -n default patch virtualservice myapp --type=json');
    expect(JSON.parse(patch).map(({ op, path }: { op: string; path: string }) => `${op} ${path}`)).toEqual([
      'test /spec/http/0/route/0/destination',
      'add /spec/http/0/route/0/weight',
      'test /spec/http/0/route/1/destination',
      'add /spec/http/0/route/1/weight',
    ]);
  });

  it('asks the gateway as a sample does', () => {
    const request = {
      method: 'GET',
      host: 'shop.example.com',
      path: '/a?b=c',
      headers: { 'x-user': 'tester' },
    };
    expect(curlCommand('http://10.0.0.7:80', request)).toBe(
      "curl -i -H 'host: shop.example.com' -H 'x-user: tester' 'http://10.0.0.7:80/a?b=c'",
    );
    expect(curlCommand('http://10.0.0.7', { ...request, method: 'HEAD', host: undefined, headers: {} })).toBe(
      "curl -I 'http://10.0.0.7/a?b=c'",
    );
  });
});

/** A session whose cluster other programs find by a kubeconfig file. */
async function sessionWithKubeconfig(): Promise<{
  readonly session: DemoSession;
  readonly kubeconfig: string;
}> {
  const session = await startDemoSession();
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge copies '));
  onTestFinished(async () => {
    await session.stop();
    await rm(folder, { recursive: true });
  });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, session.demo.kubeconfig);
  session.store.setState(state => ({ ...state, connection: { ...state.connection, kubeconfig } }));
  await session.until(({ weights }) => weights.applied !== undefined, 'a route');
  return { session, kubeconfig };
}

describe.skipIf(!HAS_KUBECTL)('beside the real kubectl', () => {
  it('the command for the last shift sets the same weights again', async () => {
    const { session } = await sessionWithKubeconfig();
    session.press({ kind: 'set-to', weight: 73 });
    await session.until(({ weights }) => weights.applied?.weights.join() === '27,73', 'a shift');
    session.press({ kind: 'copy' }, { kind: 'accept' });
    const command = wantedText(session.store.getState());
    expect(command).toContain('kubectl --kubeconfig ');
    await setWeightsBeside(session.other, [100, 0]);
    await session.until(({ weights }) => weights.applied?.weights.join() === '100,0', 'the other weights');
    await run('sh', ['-c', command]);
    await session.until(({ weights }) => weights.applied?.weights.join() === '27,73', 'the weights copied');
  });

  it('the YAML is the object that kubectl prints', async () => {
    const { session, kubeconfig } = await sessionWithKubeconfig();
    session.press({ kind: 'copy' }, { kind: 'move-choice', by: 1 }, { kind: 'accept' });
    const { copy } = await session.until(({ copy }) => copy.wanted.kind === 'text', 'the YAML');
    const yaml = copy.wanted.kind === 'text' ? copy.wanted.text : '';
    const args = ['--kubeconfig', kubeconfig, 'get', 'virtualservice', 'myapp', '-o', 'yaml'];
    const { stdout } = await run('kubectl', args);
    expect(load(yaml)).toEqual(load(stdout));
    expect(yaml).not.toContain('managedFields');
  });
});

it('says why the YAML cannot be read', async () => {
  const { session } = await sessionWithKubeconfig();
  const item: Copyable = {
    name: 'the YAML',
    content: { kind: 'virtual-service', namespace: 'default', name: 'gone' },
  };
  session.store.setState(state => copyTaken(state, item), true);
  const { notices } = await session.until(({ notices }) => notices.some(({ level }) => level === 'error'));
  expect(notices.at(-1)?.text).toMatch(/^Can't read virtualservices gone: /);
});

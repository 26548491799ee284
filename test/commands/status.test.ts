import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CanaryNoteFile } from '../../src/commands/canary-note.ts';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { connectTo, manifestsFolder, virtualServices } from '../support/demo-session.ts';
import { kubeconfigText } from '../support/kubeconfig-file.ts';
import { schemaProblems } from '../support/schemas.ts';
import { type Finished, runCommand } from './run-command.ts';

/** What was answered with `-o json`, once it is known to be as the schema says. */
function answered({ stdout }: Pick<Finished, 'stdout'>) {
  const answer = JSON.parse(stdout);
  expect(schemaProblems('status.json', answer)).toEqual([]);
  return answer;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-status-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function temporaryFile(name: string, text: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

describe('a cluster that cannot be looked at', () => {
  const oneContext = () => temporaryFile('one', kubeconfigText('http://127.0.0.1:1', {}, {}));
  const rubbish = () => temporaryFile('rubbish', 'contexts: [{');
  it.each<[string, () => readonly string[], number, RegExp]>([
    ['no kubeconfig', () => [], 2, /There is no kubeconfig/],
    ['a kubeconfig that is not there', () => ['--kubeconfig', '/nowhere/x'], 2, /Can't read kubeconfig/],
    ['a kubeconfig that is rubbish', () => ['--kubeconfig', rubbish()], 2, /Can't read kubeconfig/],
    ['an empty kubeconfig', () => ['--kubeconfig', temporaryFile('empty', '')], 2, /Can't read kubeconfig/],
    ['a kubeconfig without contexts', () => ['--kubeconfig', temporaryFile('bare', 'a: 1')], 2, /no current/],
    ['no such context', () => ['--kubeconfig', oneContext(), '--context', 'y'], 2, /no context y/],
    ['a cluster that is away', () => ['--kubeconfig', oneContext()], 2, /nothing listens/],
    ['a demo that cannot be written', () => ['--demo', '--kubeconfig', '/nowhere/x'], 1, /Can't write/],
    ['a gateway that is none', () => ['--gateway', 'no url'], 1, /--gateway no url: it is no URL\.$/],
    ['a header that is none', () => ['--header', 'no header'], 1, /--header no header: /],
    ['certificates that are none', () => ['--gateway-ca', '/nowhere/x'], 1, /--gateway-ca \/nowhere\/x: /],
    ['several routes', () => ['--demo', '--route', 'another'], 1, /no route another/],
    ['another VirtualService', () => ['--demo', 'another'], 1, /another/],
  ])('%s is told with what to do', async (_, args, code, headline) => {
    const ended = await runCommand(['status', ...args(), '-o', 'json']);
    const { error, exitCode } = answered(ended);
    expect({ code: ended.code, exitCode }).toEqual({ code, exitCode: code });
    expect(error.headline).toMatch(headline);
    expect(error.nextStep).toMatch(/^[A-Z].+\.$/);
    expect(ended.stderr).toBe(`${error.headline} ${error.nextStep}\n`);
  });
});

const onDemo = (scenario: string, ...args: readonly string[]) =>
  runCommand(['status', '--demo', '--scenario', scenario, '--seed', '7', ...args]);

/** Puts a route of that name behind the one that there is. */
async function addRoute(
  demo: DemoCluster,
  { name, weights }: { readonly name: string; readonly weights: readonly number[] },
): Promise<void> {
  const { api, close } = await connectTo(demo);
  const route = weights.map((weight, at) => ({
    destination: { host: 'myapp', subset: `v${at + 1}` },
    weight,
  }));
  const change = { op: 'add', path: '/spec/http/-', value: { name, route } } as const;
  const changed = await api.patch(virtualServices, 'myapp', [change], AbortSignal.timeout(20_000));
  await close();
  if (!changed.ok) throw new Error(changed.error.headline);
}

describe('what is so now', () => {
  it('is told as lines, and what is only worth knowing is counted', async () => {
    const { code, stdout, stderr } = await onDemo('healthy');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'VirtualService default/myapp, http route 1 of 1, on the demo cluster',
      'applied: v1 50, v2 50',
      '  v1  1/1  Running  janakiramm/myapp:v1',
      '  v2  1/1  Running  janakiramm/myapp:v2',
      '  node minikube  Ready',
      '  istiod  1/1  Running',
      '  ingressgateway  1/1  Running',
      expect.stringMatching(/^info: \d+ findings worth knowing; weighbridge doctor or -o json shows them$/),
    ]);
  });

  it('is the same as YAML and as JSON', async () => {
    const json = answered(await onDemo('healthy', '-o', 'json'));
    const { stdout } = await onDemo('healthy', '-o', 'yaml');
    const yaml = load(stdout);
    expect(schemaProblems('status.json', yaml)).toEqual([]);
    expect(json.findings.map(({ severity }: { severity: string }) => severity)).toContain('info');
    // Each demo is a cluster of its own, whose pods have other names.
    const { health: _, ...rest } = json;
    expect(yaml).toMatchObject(rest);
  });

  it('names the owner, and how a shift is possible all the same', async () => {
    const { stdout } = await onDemo('argo-owned');
    const readOnly = "read-only: Argo CD owns it and puts weights back; --override-owner 'Argo CD' overrides";
    expect(stdout).toContain(
      `owner: Argo CD\n${readOnly}\nwarning WB0506: Argo CD owns VirtualService myapp`,
    );
    const answer = answered(await onDemo('argo-owned', '-o', 'json'));
    expect(answer).toMatchObject({ exitCode: 0, owners: ['Argo CD'], readOnlyBecause: readOnly });
  });

  it('names the right that is missing', async () => {
    const { code, stdout } = await onDemo('forbidden');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^read-only: ask for `patch` on virtualservices/m);
  });

  it('has what the doctor finds', async () => {
    const answer = answered(await onDemo('v2-image-pull', '-o', 'json'));
    expect(answer.findings).toContainEqual(expect.objectContaining({ severity: 'error', code: 'WB0403' }));
    expect(answer.versions[1]).toMatchObject({ version: 'v2', readyPods: 0, health: expect.any(String) });
  });

  it('has canaries that are under way, and how to go back from one that was killed', async () => {
    const state = temporaryFolder();
    const env = { LC_ALL: 'C.UTF-8', KUBECONFIG: '/nowhere/kubeconfig', XDG_STATE_HOME: state };
    const noted = {
      context: 'weighbridge-demo',
      namespace: 'default',
      virtualService: 'myapp',
      route: 'http route 1 of 1',
      routeName: 'http 1',
      version: 'v2',
      labels: ['v1', 'v2'],
      start: [100, 0],
      steps: [50, 100],
      stepsSet: 1,
      notedAtMs: 1_000,
    };
    await new CanaryNoteFile(env, 0).write(noted);
    const { pid } = spawnSync(process.execPath, ['--version']);
    const killed = { ...noted, formatVersion: 1, pid, host: hostname(), startedAtMs: 1, stepsSet: 0 };
    writeFileSync(join(state, 'weighbridge', 'canaries', 'killed.json'), JSON.stringify(killed));
    const { canaries } = answered(await runCommand(['status', '--demo', '-o', 'json'], env));
    expect(canaries).toMatchObject([
      { to: 'v2', route: 'http route 1 of 1', process: 'running', stepsSet: 1, weight: 50 },
      { to: 'v2', process: 'gone', stepsSet: 0, weight: null, start: { v1: 100, v2: 0 } },
    ]);
    const { stdout } = await runCommand(['status', '--demo'], env);
    expect(stdout).toMatch(/^a canary of v2 is under way since .+ at step 1 of 2, v2 50$/m);
    expect(stdout).toContain(
      `before its first step; before it: v1 100, v2 0. Go back with: ${canaries[1].backCommand}\n`,
    );
  });

  it('has the canaries of its own route alone, and so does what a shift forgets', async () => {
    const folder = temporaryFolder();
    const env = { LC_ALL: 'C.UTF-8', XDG_STATE_HOME: folder, KUBECONFIG: join(folder, 'kubeconfig') };
    const demo = await startDemoCluster({ manifestsFolder, seed: 7 });
    onTestFinished(() => demo.stop());
    writeFileSync(env.KUBECONFIG, demo.kubeconfig);
    await addRoute(demo, { name: 'checkout', weights: [60, 40] });
    const { pid } = spawnSync(process.execPath, ['--version']);
    const killed = {
      formatVersion: 1,
      context: 'weighbridge-demo',
      namespace: 'default',
      virtualService: 'myapp',
      route: 'http route 1 of 2',
      routeName: 'http 1',
      version: 'v2',
      labels: ['v1', 'v2'],
      start: [90, 10],
      steps: [50, 100],
      stepsSet: 1,
      pid,
      host: hostname(),
      startedAtMs: 1,
      notedAtMs: 1_000,
    };
    const notes = join(folder, 'weighbridge', 'canaries');
    mkdirSync(notes, { recursive: true });
    writeFileSync(join(notes, 'killed.json'), JSON.stringify(killed));
    const canariesOf = async (route: string) =>
      answered(await runCommand(['status', '--route', route, '-o', 'json'], env)).canaries;

    expect(await canariesOf('checkout')).toEqual([]);
    // The pods of a demo that was just booted are still starting.
    expect((await runCommand(['shift', '--route', 'checkout', 'v2=20', '--yes'], env)).code).toBe(0);
    const [{ backCommand }, ...more] = await canariesOf('http 1');
    expect(more).toEqual([]);
    expect(backCommand).toBe(
      "weighbridge shift myapp --context weighbridge-demo -n default --route 'http 1' v1=90 v2=10",
    );
    expect((await runCommand(['shift', '--route', 'http 1', 'v2=10', '--yes'], env)).code).toBe(0);
    expect(readdirSync(notes)).toEqual([]);
  });

  it('is told all the same where the gateway cannot be sampled', async () => {
    const ended = await onDemo('mesh-only', '--samples', '50', '-o', 'json');
    const answer = answered(ended);
    expect({ code: ended.code, exitCode: answer.exitCode }).toEqual({ code: 4, exitCode: 4 });
    expect(answer.error).toEqual({
      headline: "Can't sample this route: it is bound to the mesh alone, where no gateway leads.",
      nextStep: 'Name what leads there with --gateway, or do without samples.',
    });
    expect(answer).toMatchObject({
      samples: { asked: 50, taken: 0, classified: 0, verdict: null, place: '' },
      versions: [
        { applied: 50, observed: null },
        { applied: 50, observed: null },
      ],
    });
    const { stdout } = await onDemo('mesh-only', '--samples', '50');
    expect(stdout).toContain('applied: v1 50, v2 50\nobserved: nothing\n');
  });
});

describe('a command line of status that cannot be used', () => {
  it.each<[readonly string[], RegExp]>([
    [['--samples', '0'], /whole number from 1 to 100000/],
    [['--samples', '100001'], /whole number from 1 to 100000/],
    [['--samples', '1e3'], /whole number from 1 to 100000/],
    [['--watch', '--samples', '10'], /Can't take --watch and --samples together/],
  ])('%j is told on one line of JSON', async (args, headline) => {
    const ended = await runCommand(['status', '--demo', ...args, '-o', 'json']);
    const { error, exitCode } = answered(ended);
    expect({ code: ended.code, exitCode }).toEqual({ code: 1, exitCode: 1 });
    expect(error.headline).toMatch(headline);
    expect(error.nextStep).toMatch(/^[A-Z].+\.$/);
    expect(ended.stdout.trimEnd()).not.toContain('\n');
  });
});

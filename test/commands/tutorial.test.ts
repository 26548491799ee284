import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, onTestFinished, test } from 'vitest';
import schema from '../../src/commands/schemas/tutorial.json' with { type: 'json' };
import { type AuditEntry, type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { RUN_TO, STEP_IDS } from '../../src/tutorial/step.ts';
import { manifestsFolder } from '../support/demo-session.ts';
import { ALL_TOOLS, pathOf } from '../support/fake-tools.ts';
import { schemaProblems } from '../support/schemas.ts';
import { type Finished, runCommand } from './run-command.ts';

const LONG = { timeout: 60_000 };

/** What differs from run to run and from machine to machine. */
const normalised = (text: string) =>
  text
    .replaceAll(manifestsFolder, '/manifests')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/NodePort \d+/g, 'NodePort PORT')
    .replace(/v1 \d+, v2 \d+,/g, 'v1 N, v2 N,');

const writesIn = (audit: readonly AuditEntry[]) => audit.filter(({ method }) => method !== 'GET');

/** A demo cluster that this program takes for any other, by a kubeconfig with a context of that name; the tools are on the PATH. */
async function clusterNamed(context: string, scenario = 'empty') {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const audit: AuditEntry[] = [];
  const demo: DemoCluster = await startDemoCluster({
    manifestsFolder,
    scenario,
    audit: entry => audit.push(entry),
  });
  onTestFinished(() => demo.stop());
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, demo.kubeconfig.replaceAll(demo.context, context));
  expect((load(readFileSync(kubeconfig, 'utf8')) as { 'current-context': string })['current-context']).toBe(
    context,
  );
  const env = { LC_ALL: 'C.UTF-8', KUBECONFIG: '/nowhere/kubeconfig', PATH: await pathOf(ALL_TOOLS) };
  const tutorial = (...args: readonly string[]): Promise<Finished> =>
    runCommand(['tutorial', '--kubeconfig', kubeconfig, ...args], env);
  return { demo, audit, kubeconfig, tutorial };
}

describe('weighbridge tutorial --print', () => {
  test('says every step as Markdown, for the demo cluster', LONG, async () => {
    const { code, stdout, stderr } = await runCommand(['tutorial', '--demo', '--print']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(normalised(stdout)).toMatchFileSnapshot(join(import.meta.dirname, 'tutorial', 'demo.md'));
  });

  test('says what is done where the manifests are applied, and that the shift comes next', LONG, async () => {
    const { tutorial } = await clusterNamed('minikube', 'healthy');
    await expect.poll(async () => (await tutorial()).stdout, LONG).toContain('**Next: step 6, the shift.**');
    const { stdout } = await tutorial();
    expect(stdout).toContain('## 1. The tools: done');
    expect(stdout).toContain('## 4. Two versions: done');
    expect(stdout).toContain('## 5. The route, half and half: done');
    expect(stdout).toMatch(
      /^weighbridge --kubeconfig=\S+ --context=minikube -n default {2}# open the screen$/m,
    );
  });

  test('begins at the beginning on a machine with nothing', async () => {
    const env = { LC_ALL: 'C.UTF-8', KUBECONFIG: '/nowhere/kubeconfig', PATH: await pathOf({}) };
    const { code, stdout } = await runCommand(['tutorial'], env);
    expect(code).toBe(0);
    expect(stdout).toContain('No cluster answers. There is no kubeconfig.');
    expect(stdout).toContain('**Next: step 1, the tools.**');
    expect(stdout).toContain('- missing: minikube is not on the PATH.');
  });

  test('writes nothing', async () => {
    const { audit, tutorial } = await clusterNamed('minikube');
    await tutorial('--print');
    await tutorial('--json', '--yes');
    expect(audit.length).toBeGreaterThan(0);
    expect(writesIn(audit)).toEqual([]);
  });
});

describe('weighbridge tutorial --json', () => {
  test.each(['empty', 'healthy', 'forbidden', 'v2-image-pull', 'argo-owned'])(
    'is as its schema says in the scenario %s',
    LONG,
    async scenario => {
      const { stdout } = await runCommand(['tutorial', '--scenario', scenario, '--json']);
      const tutorial = JSON.parse(stdout);
      expect(schemaProblems('tutorial.json', tutorial)).toEqual([]);
      expect(tutorial.version).toBe(1);
    },
  );

  test('is what a run came to, and what it runs goes to stderr', LONG, async () => {
    const through = ['tutorial', '--demo', '--through', 'routing', '-o', 'json'];
    const ran = await runCommand([...through, '--yes']);
    const tutorial = JSON.parse(ran.stdout);
    expect(schemaProblems('tutorial.json', tutorial)).toEqual([]);
    expect({ code: ran.code, next: tutorial.next }).toEqual({ code: 0, next: 'shift' });
    expect(ran.stderr).toContain('5. The route, half and half');

    const refused = await runCommand(through);
    const failure = JSON.parse(refused.stdout);
    expect(schemaProblems('tutorial.json', failure)).toEqual([]);
    expect({ code: refused.code, error: failure.error }).toEqual({
      code: 1,
      error: { headline: 'Nothing was run.', nextStep: 'With --yes this runs, without a question.' },
    });
  });

  test('is as its schema says where there is no cluster', async () => {
    const env = { KUBECONFIG: '/nowhere/kubeconfig', PATH: await pathOf(ALL_TOOLS) };
    const { stdout } = await runCommand(['tutorial', '--json'], env);
    const tutorial = JSON.parse(stdout);
    expect(schemaProblems('tutorial.json', tutorial)).toEqual([]);
    expect(tutorial).toMatchObject({ place: null, next: 'cluster' });
  });

  test('has the steps of its schema', () => {
    expect(schema.$defs.stepId.enum).toEqual(STEP_IDS);
    expect(STEP_IDS.slice(0, RUN_TO.length)).toEqual(RUN_TO);
  });
});

describe('weighbridge tutorial --through routing --yes', () => {
  test('runs unattended on the demo, says first what it runs, and then how it went', LONG, async () => {
    const { code, stdout, stderr } = await runCommand([
      'tutorial',
      '--demo',
      '--through',
      'routing',
      '--yes',
    ]);
    expect(code).toBe(0);
    await expect(normalised(`${stdout}---\n${stderr}`)).toMatchFileSnapshot(
      join(import.meta.dirname, 'tutorial', 'through-routing.txt'),
    );
  });

  test('runs on a cluster of this computer, and again without a write', LONG, async () => {
    const { audit, tutorial } = await clusterNamed('minikube');
    expect((await tutorial('--through', 'routing', '--yes')).code).toBe(0);
    const first = writesIn(audit).length;
    expect(first).toBe(6);
    const again = await tutorial('--through', 'routing', '--yes');
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('5. The route, half and half: DestinationRule myapp is there');
    expect(writesIn(audit)).toHaveLength(first);
    expect((await tutorial('--clean-up', '--yes')).code).toBe(0);
    expect((await tutorial('--json')).stdout).toContain('"next": "versions"');
  });

  test('runs nothing without --yes, and says what it would', async () => {
    const { audit, tutorial } = await clusterNamed('minikube');
    const { code, stdout, stderr } = await tutorial('--through', 'routing');
    expect(code).toBe(1);
    expect(stdout).toMatch(/apply --server-side --field-manager=weighbridge -f \S+01-deployment-v1.yaml/);
    expect(stderr).toBe('Nothing was run. With --yes this runs, without a question.\n');
    expect(writesIn(audit)).toEqual([]);
  });

  test('is refused on a protected context that is not named, at the gate of writes', async () => {
    const { audit, tutorial } = await clusterNamed('eu-production');
    const { code, stderr } = await tutorial('--through', 'routing', '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain(
      "Step 4, Two versions, fails. Can't apply Deployment myapp-v1: context eu-production is protected: name it with --context eu-production.",
    );
    expect(writesIn(audit)).toEqual([]);
  });

  test('runs on a protected context that is named', LONG, async () => {
    const { tutorial } = await clusterNamed('eu-production');
    const { code } = await tutorial('--through', 'routing', '--yes', '--context', 'eu-production');
    expect(code).toBe(0);
  });

  test('is refused with --read-only', async () => {
    const { audit, tutorial } = await clusterNamed('minikube');
    const { code, stderr } = await tutorial('--through', 'routing', '--yes', '--read-only');
    expect(code).toBe(2);
    expect(stderr).toContain("Can't apply Deployment myapp-v1: read-only: --read-only was given.");
    expect(writesIn(audit)).toEqual([]);
  });

  test('ends with 2 and the step where the tools are missing', async () => {
    const env = { KUBECONFIG: '/nowhere/kubeconfig', PATH: await pathOf({}) };
    const { code, stderr } = await runCommand(['tutorial', '--through', 'routing', '--yes'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Step 1, The tools, fails\. minikube is not on the PATH\. Install it/m);
  });

  test('ends with 2 where minikube makes no cluster, and says what it ran', async () => {
    const env = { KUBECONFIG: '/nowhere/kubeconfig', PATH: await pathOf(ALL_TOOLS) };
    const { code, stderr } = await runCommand(['tutorial', '--through', 'routing', '--yes'], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\$ minikube start --driver=docker --memory=\d+ --cpus=4 -o json$/m);
    expect(stderr).toMatch(/^Step 2, A cluster, fails\. minikube start ends with 64: unknown: start/m);
  });

  test('ends with 2 and the step where the person may not write', LONG, async () => {
    const { demo, tutorial } = await clusterNamed('minikube');
    demo.deny({ verb: 'patch', resource: 'services' });
    const { code, stderr } = await tutorial('--through', 'routing', '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain("Step 4, Two versions, fails. Can't apply Service myapp: forbidden.");
  });

  test.each([
    [['--through', 'clean-up'], /Allowed choices are tools, cluster, istio, versions, routing, shift/],
    [['--through', 'routing', '--clean-up'], /^Either --through or --clean-up/],
    [['--scenario', 'nope'], /^Can't open the demo scenario nope/],
  ])('%j will not do', async (args, said) => {
    const { code, stderr } = await runCommand(['tutorial', ...args]);
    expect(code).toBe(1);
    expect(stderr).toMatch(said);
  });
});

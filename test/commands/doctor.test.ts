import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import schema from '../../src/commands/schemas/doctor.json' with { type: 'json' };
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { SCENARIOS } from '../../src/demo/scenarios/scenarios.ts';
import { CHECK_GROUPS } from '../../src/kube/checks.ts';
import { FINDING_CODES } from '../../src/kube/finding-codes.ts';
import { manifestsFolder } from '../support/demo-session.ts';
import { schemaProblems } from '../support/schemas.ts';
import { runCommand } from './run-command.ts';

const golden = (name: string) => join(import.meta.dirname, 'doctor', `${name}.txt`);

/** What differs from run to run: ports, the random ends of names, how often a container was restarted by now. */
function normalised(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/NodePort \d+/g, 'NodePort PORT')
    .replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '-HASH-NAME')
    .replace(/\b\d+ restarts?/g, 'N restarts');
}

describe.concurrent('weighbridge doctor on the demo cluster', () => {
  test.for(SCENARIOS.map(({ name }) => name))(
    'says what it is told to say of the scenario %s',
    { timeout: 60_000 },
    async (name, { expect }) => {
      const pods = name === 'crowded' ? ['--pods', '60'] : [];
      const { code, stdout, stderr } = await runCommand(['doctor', '--scenario', name, ...pods]);
      await expect(normalised(`${stdout}${stderr}exit code ${code}\n`)).toMatchFileSnapshot(golden(name));
    },
  );
});

/** A demo cluster that runs already, as a real one does, and its kubeconfig; both end with the test. */
async function runningCluster(
  scenario: string,
  audit: () => void = () => undefined,
): Promise<{ readonly kubeconfig: string; readonly demo: DemoCluster }> {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const demo = await startDemoCluster({ manifestsFolder, scenario, audit });
  onTestFinished(() => demo.stop());
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, demo.kubeconfig);
  return { kubeconfig, demo };
}

describe('weighbridge doctor', () => {
  test('finds the cluster by a kubeconfig, and needs no terminal', async () => {
    const { kubeconfig } = await runningCluster('no-subset');
    const { code, stdout, stderr } = await runCommand(['doctor', '--kubeconfig', kubeconfig, 'myapp']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^weighbridge doctor: weighbridge-demo, VirtualService default\/myapp\n/);
    expect(stdout).toContain('[IST0101]');
  });

  test('reports nothing of what a signal cut short', async () => {
    let asked = 0;
    const interrupt = () => {
      asked += 1;
      if (asked === 5) process.emit('SIGINT');
    };
    const { kubeconfig } = await runningCluster('healthy', interrupt);
    const finished = await runCommand(['doctor', '--kubeconfig', kubeconfig]);
    const stderr = 'Stopped by a signal. Nothing was changed.\n';
    expect(finished).toEqual({ code: 130, stdout: '', stderr });
  });

  test('names the VirtualServices there are, where the one that is named is not', async () => {
    const { kubeconfig } = await runningCluster('healthy');
    const { code, stdout } = await runCommand(['doctor', '--kubeconfig', kubeconfig, 'nope']);
    expect(code).toBe(1);
    expect(stdout).toContain('There is no VirtualService nope in namespace default. [WB0501]');
    expect(stdout).toContain('→ Name one of myapp.');
  });

  test('ends with 2 and one finding where the API server does not answer', async () => {
    const { kubeconfig, demo } = await runningCluster('healthy');
    await demo.stopApi();
    const { code, stdout } = await runCommand(['doctor', '--kubeconfig', kubeconfig]);
    expect(code).toBe(2);
    expect(normalised(stdout)).toMatchInlineSnapshot(`
      "weighbridge doctor: weighbridge-demo, namespace default

      Connection
        ✗ error    Can't read /version: nothing listens at https://127.0.0.1:PORT. [WB0001]
                   → Start the cluster (minikube start), or choose another context.

      1 error.
      "
    `);
  });

  test('ends with 2 where VirtualServices may not be read, judges the rest, and says it once', async () => {
    const { kubeconfig, demo } = await runningCluster('healthy');
    demo.deny({ verb: 'list', group: 'networking.istio.io', resource: 'virtualservices' });
    const { code, stdout } = await runCommand(['doctor', '--kubeconfig', kubeconfig]);
    expect(code).toBe(2);
    expect(stdout.match(/You may not list virtualservices/g)).toHaveLength(1);
    expect(stdout).toContain('istiod 1.30.3: 1 pod ready');
    expect(stdout).not.toContain('There is no VirtualService');
  });

  test('does not judge what may not be read', async () => {
    const { kubeconfig, demo } = await runningCluster('no-subset');
    demo.deny({ verb: 'list', group: 'networking.istio.io', resource: 'destinationrules' });
    const { code, stdout } = await runCommand(['doctor', '--kubeconfig', kubeconfig]);
    expect(code).toBe(0);
    expect(stdout).toContain('? skipped  destinations: not judged: what it takes may not be read');
    expect(stdout).not.toContain('IST0101');
  });

  test('says that there is no kubeconfig, and offers the demo', async () => {
    expect(await runCommand(['doctor'])).toEqual({
      code: 2,
      stdout: '',
      stderr: 'There is no kubeconfig. Name one with --kubeconfig, or try weighbridge doctor --demo.\n',
    });
  });

  test('refuses a scenario that there is none of', async () => {
    const { code, stderr } = await runCommand(['doctor', '--scenario', 'nope']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Can't open the demo scenario nope/);
  });

  test('is drawn in ASCII where the locale has no more', async () => {
    const { kubeconfig } = await runningCluster('empty');
    const { stdout } = await runCommand(['doctor', '--kubeconfig', kubeconfig], { LC_ALL: 'C' });
    expect(stdout).toContain('  x error    There is no VirtualService in namespace default. [WB0501]');
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

describe('weighbridge doctor -o json', () => {
  test.each(['healthy', 'no-subset', 'empty', 'forbidden'])(
    'is as its schema says in the scenario %s',
    async scenario => {
      const { kubeconfig } = await runningCluster(scenario);
      const { stdout } = await runCommand(['doctor', '--kubeconfig', kubeconfig, '-o', 'json']);
      const report = JSON.parse(stdout);
      expect(schemaProblems('doctor.json', report)).toEqual([]);
      expect(report.version).toBe(1);
    },
  );

  test('has the groups of its schema, and is refused by it with anything else', () => {
    expect(schema.$defs.check.properties.group.enum).toEqual(CHECK_GROUPS);
    expect(schemaProblems('doctor.json', { version: 2 })).not.toEqual([]);
  });

  test('has codes that the README explains', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    for (const [code, meaning] of Object.entries(FINDING_CODES)) {
      expect(readme).toContain(`| ${code} | ${meaning} |`);
    }
  });
});

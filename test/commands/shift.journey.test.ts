import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, it, type TestContext } from 'vitest';
import { connect } from '../../src/kube/connect.ts';
import type { RawWeights } from '../../src/kube/split.ts';
import { rawWeights, readVirtualService } from '../../src/kube/virtual-service.ts';
import {
  type CountedAnswer,
  startCountingClient,
  startCountingGateway,
} from '../support/counting-gateway.ts';
import { virtualServices } from '../support/demo-session.ts';
import { DemoProcess } from '../terminal/demo-process.ts';
import { builtProgram, createEmptyPlace, PROJECT } from '../terminal/program.ts';

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(PROJECT, 'src', 'commands', 'schemas', name), 'utf8')) as object;
const ajv = new Ajv2020({ allowUnionTypes: true });
ajv.addSchema(schemaOf('shifts.json'), 'shifts.json');
const isReport = ajv.compile(schemaOf('shifts.json'));
const isStatus = ajv.compile(schemaOf('status.json'));
const isShiftAnswer = ajv.compile(schemaOf('shift.json'));

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
type Options = {
  /** Sent once stderr has said `after`, and once `isTime`. */
  readonly signal?: {
    readonly name: NodeJS.Signals;
    readonly after: RegExp;
    readonly isTime?: () => boolean;
  };
};
type Program = {
  readonly run: (verb: string, args: readonly string[]) => Promise<Ended>;
  readonly shift: (args: readonly string[], options?: Options) => Promise<Ended>;
  /** What the API server has. */
  readonly applied: () => Promise<RawWeights>;
  readonly gateway: string;
  /** Whether a shift is remembered for later runs. */
  readonly isRemembered: () => boolean;
};

/** The built program and a demo cluster in a process of its own, both gone after the test. */
async function startProgram(
  { onTestFinished }: TestContext,
  demoArgs: readonly string[] = [],
): Promise<Program> {
  const place = createEmptyPlace();
  const demo = await DemoProcess.start(place.env, ['--seed', '7', ...demoArgs]);
  onTestFinished(async () => {
    await demo.stop();
    place.remove();
  });
  const run = async (verb: string, args: readonly string[], { signal }: Options = {}): Promise<Ended> => {
    const child = spawn(
      process.execPath,
      [builtProgram(), verb, '--kubeconfig', demo.served.kubeconfig, ...args],
      { env: place.env, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', chunk => {
      said.stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      said.stderr += chunk;
    });
    const look = setInterval(() => {
      if (!signal?.after.test(said.stderr) || signal.isTime?.() === false) return;
      clearInterval(look);
      child.kill(signal.name);
    }, 10);
    const [code] = await once(child, 'close');
    clearInterval(look);
    return { code: code ?? -1, ...said };
  };
  const shift: Program['shift'] = (args, options) => run('shift', args, options);
  const applied = async () => {
    const connected = connect({ kubeconfig: demo.served.kubeconfig }, {}, () => undefined);
    if (!connected.ok) throw new Error(connected.error.headline);
    const { api } = connected.value;
    const read = await api.get(virtualServices, 'myapp', AbortSignal.timeout(20_000));
    await api.close();
    if (!read.ok) throw new Error(read.error.headline);
    const [route] = readVirtualService(read.value).routes;
    return route ? rawWeights(route) : [];
  };
  const shiftsFolder = join(place.home, '.local', 'state', 'weighbridge', 'shifts');
  const isRemembered = () =>
    existsSync(shiftsFolder) &&
    readdirSync(shiftsFolder, { recursive: true }).some(name => String(name).endsWith('.json'));
  return { run, shift, applied, gateway: demo.served.gateway, isRemembered };
}

/** How many answers are of v1 and of v2. */
function countOf(answers: readonly (CountedAnswer | undefined)[]): readonly [number, number] {
  const of = (wanted: string) => answers.filter(answer => answer?.version === wanted).length;
  return [of('v1'), of('v2')];
}

const told: string[] = [];
afterAll(() => {
  process.stdout.write(`\nexit  what is run, and on which scenario\n${told.toSorted().join('')}\n`);
});

describe.concurrent('the exit code of a shift', () => {
  const cases: readonly {
    readonly code: number;
    readonly scenario?: string;
    readonly args: readonly string[];
    readonly says: RegExp;
    readonly applied: readonly number[];
    readonly options?: Options;
  }[] = [
    { code: 0, args: ['v2=20'], says: /^$/, applied: [80, 20] },
    { code: 0, args: ['v2=20', '--verify'], says: /^$/, applied: [80, 20] },
    { code: 1, args: ['v2=120'], says: /whole number from 0 to 100/, applied: [50, 50] },
    {
      code: 1,
      scenario: 'v2-crashlooping',
      args: ['v2=60'],
      says: /no ready pod/,
      applied: [50, 50],
    },
    { code: 2, scenario: 'forbidden', args: ['v2=20'], says: /`?patch`?/, applied: [50, 50] },
    { code: 3, scenario: 'argo-owned', args: ['v2=20'], says: /argo/i, applied: [50, 50] },
    {
      code: 4,
      scenario: 'istiod-down',
      args: ['v2=0', '--verify', '--timeout', '6s'],
      says: /agree/,
      applied: [100, 0],
    },
    {
      code: 5,
      scenario: 'lossy-gateway',
      args: ['v2=20', '--max-failures', '0', '--rollback-on-failure'],
      says: /limit broke.*Rolled back/s,
      applied: [50, 50],
    },
    {
      code: 130,
      args: ['v2=1', '--verify'],
      says: /Stopped by a signal/,
      applied: [99, 1],
      options: { signal: { name: 'SIGINT', after: /sampling until/ } },
    },
    {
      code: 143,
      args: ['v2=1', '--verify'],
      says: /Stopped by a signal/,
      applied: [99, 1],
      options: { signal: { name: 'SIGTERM', after: /sampling until/ } },
    },
  ];

  it.for(cases)('is $code for $args', async (row, context) => {
    const { expect } = context;
    const { code, scenario, args, says, applied, options } = row;
    const program = await startProgram(context, scenario ? ['--scenario', scenario] : []);
    // The gateway has its first routes before istiod is found to be down.
    if (code === 4) await program.shift(['--even', '--verify', '--rate', '200']);
    const ended = await program.shift([...args, '-o', 'json'], options);
    expect(ended.code, ended.stderr).toBe(code);
    const answer = JSON.parse(ended.stdout);
    expect(isShiftAnswer(answer), JSON.stringify(isShiftAnswer.errors)).toBe(true);
    expect(answer.exitCode).toBe(code);
    const { headline, nextStep } = answer.error ?? { headline: '', nextStep: '' };
    expect(`${headline} ${nextStep}`.trim()).toMatch(says);
    expect(await program.applied()).toEqual(applied);
    // Where it got as far as a route, what it says is applied is what is.
    const said = answer.versions?.map((version: { readonly applied: number }) => version.applied);
    if (said) expect(said).toEqual(applied);
    told.push(`${String(code).padEnd(6)}shift ${args.join(' ')}, on ${scenario ?? 'healthy'}\n`);
  });
});

describe.concurrent('a shift without a screen', () => {
  it('is taken back by a later run, also after the one that made it was killed', async context => {
    const { expect } = context;
    const program = await startProgram(context);
    const killed = await program.shift(['v2=20', '--verify'], {
      signal: { name: 'SIGKILL', after: /sampling until/, isTime: program.isRemembered },
    });
    expect(killed.code).toBe(-1);
    expect(await program.applied()).toEqual([80, 20]);
    const { stdout } = await program.run('status', ['-o', 'json']);
    const status = JSON.parse(stdout);
    expect(isStatus(status), JSON.stringify(isStatus.errors)).toBe(true);
    expect(status).toMatchObject({
      exitCode: 0,
      place: { namespace: 'default', virtualService: 'myapp' },
      versions: [
        { version: 'v1', applied: 80, image: expect.stringContaining('myapp:v1') },
        { version: 'v2', applied: 20, image: expect.stringContaining('myapp:v2') },
      ],
    });
    expect((await program.run('status', [])).stdout).toContain('applied: v1 80, v2 20\n');
    const nowhere = await program.run('status', ['another', '-o', 'json']);
    expect(nowhere.code).toBe(1);
    expect(isStatus(JSON.parse(nowhere.stdout)), JSON.stringify(isStatus.errors)).toBe(true);
    expect((await program.shift(['--undo'])).code).toBe(0);
    expect(await program.applied()).toEqual([50, 50]);

    const all = await program.run('report', ['-o', 'json']);
    const report = JSON.parse(all.stdout);
    expect(isReport(report), JSON.stringify(isReport.errors)).toBe(true);
    expect(report.shifts.map((shift: { readonly weights: object }) => shift.weights)).toMatchObject([
      [
        { version: 'v1', from: 50, to: 80 },
        { version: 'v2', from: 50, to: 20 },
      ],
      [
        { version: 'v1', from: 80, to: 50 },
        { version: 'v2', from: 20, to: 50 },
      ],
    ]);
    const last = await program.run('report', ['--last']);
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(last.stdout.match(/^\|.*80.*\|$/gm)?.length ?? 0).toBeGreaterThan(0);
    const other = await program.run('report', ['another', '-o', 'json']);
    expect(other).toMatchObject({ code: 0, stderr: 'No such shift on weighbridge-demo is remembered.\n' });
    expect(JSON.parse(other.stdout).shifts).toEqual([]);
  });

  it('that a signal ended before its patch has changed nothing', async context => {
    const { expect } = context;
    const program = await startProgram(context);
    const ended = await program.shift(['v2=20', '--verify'], {
      signal: { name: 'SIGTERM', after: /waiting for samples/ },
    });
    expect(ended.code).toBe(143);
    const applied = await program.applied();
    const said = /applied v1 (\d+), v2 (\d+)/.exec(ended.stdout);
    expect(said ? [Number(said[1]), Number(said[2])] : [50, 50]).toEqual(applied);
  });

  it('proves a split by the very answers that a proxy before the gateway counts, and a client beside it sees it too', async context => {
    const { expect, onTestFinished } = context;
    const program = await startProgram(context);
    expect((await program.shift(['v2=0', '--verify'])).code).toBe(0);
    const proxy = await startCountingGateway(program.gateway);
    onTestFinished(proxy.stop);
    const client = startCountingClient(program.gateway);
    const ended = await program.shift(['v2=20', '--verify', '--gateway', proxy.url, '-o', 'json']);
    await client.stop();
    expect(ended.code, ended.stderr).toBe(0);
    const { shift } = JSON.parse(ended.stdout);
    const said = shift.weights.map(({ answers }: { readonly answers: number }) => answers);
    const counted = said[0] + said[1];
    // Before, v2 had nothing: traffic has followed with its first answer, and everything since then counts.
    const first = proxy.answers.findIndex(answer => answer?.version === 'v2');
    expect(countOf(proxy.answers.slice(first, first + counted))).toEqual(said);
    expect(shift).toMatchObject({ samples: counted + shift.inTransition, unknownVersion: 0, failed: 0 });
    const sentAtMs = Date.parse(shift.sentAt);
    const between = proxy.answers.slice(0, first).filter(answer => (answer?.answeredAtMs ?? 0) >= sentAtMs);
    // One may have been answered in the very millisecond of the patch.
    expect(Math.abs(between.length - shift.inTransition)).toBeLessThanOrEqual(1);

    // The same traffic at the same time, by a client that knows nothing of any of this.
    const seen = client.answers.slice(client.answers.findIndex(({ version }) => version === 'v2'));
    const [, green] = countOf(seen);
    const share = (said[1] + green) / (counted + seen.length);
    const standardError = Math.sqrt(share * (1 - share) * (1 / counted + 1 / seen.length));
    const [ours, theirs] = [said[1] / counted, green / seen.length];
    expect(seen.length).toBeGreaterThan(counted);
    expect(Math.abs(ours - theirs)).toBeLessThan(4 * standardError);
    told.push(
      `0     v2: ${said[1]} of ${counted} samples, ${green} of ${seen.length} of a client beside it\n`,
    );
  });

  it('writes nothing in a dry run, and says what the API server would store', async context => {
    const { expect } = context;
    const program = await startProgram(context);
    const ended = await program.shift(['v1=100', '--dry-run=server', '-o', 'json']);
    expect(ended.code).toBe(0);
    const answer = JSON.parse(ended.stdout);
    expect(isShiftAnswer(answer), JSON.stringify(isShiftAnswer.errors)).toBe(true);
    expect(answer).toMatchObject({ outcome: 'dry-run', isChanged: false });
    expect(answer.versions.map((version: { readonly asked: number }) => version.asked)).toEqual([100, 0]);
    expect(await program.applied()).toEqual([50, 50]);
  });
});

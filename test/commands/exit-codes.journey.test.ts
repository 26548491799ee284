import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, type TestContext } from 'vitest';
import { shiftHistoryFolder } from '../../src/commands/shift-history-file.ts';
import { connect } from '../../src/kube/connect.ts';
import { setWeightsBeside, storedWeights } from '../support/demo-session.ts';
import { kubeconfigText } from '../support/kubeconfig-file.ts';
import { type Interruption, type ProgramEnd, runProgram } from '../support/program-run.ts';
import { schemaProblems } from '../support/schemas.ts';
import { DemoProcess } from '../terminal/demo-process.ts';
import { builtProgram, createEmptyPlace } from '../terminal/program.ts';
import { ScreenInPty, SMALL } from '../terminal/screen-in-pty.ts';

/** A command line, and how it ends. */
type Row = {
  readonly code: number;
  /** The verb first. Where it takes `-o json`, that is added. */
  readonly args: readonly string[];
  /** What stderr says: what is so, and what to do. Nothing where it is absent. */
  readonly says?: RegExp;
  /** The weights at its beginning; as the row before left them where absent. */
  readonly from?: readonly number[];
  /** The weights at its end, where it is to be told whether they are what was said. */
  readonly applied?: readonly number[];
  readonly interrupted?: Interruption;
};

/** The verbs that look at no cluster. */
const WITHOUT_CLUSTER = ['version'];

/** What each verb answers for programs. Those that are not here have no such answer. */
const SCHEMAS: Readonly<Record<string, string>> = {
  canary: 'canary.json',
  doctor: 'doctor.json',
  report: 'report.json',
  shift: 'shift.json',
  status: 'status.json',
  tutorial: 'tutorial.json',
  version: 'version.json',
};

/** What is answered as lines of JSON. The last one of a canary is its answer, the first one of a watch. */
const LINES = ['canary.json', 'status-watch.json'];

function schemaOf(args: readonly string[]): string | undefined {
  return args.includes('--watch') ? 'status-watch.json' : SCHEMAS[args[0] ?? ''];
}

const quick = ['--rate', '200'];
const canary = ['canary', '--to', 'v2', '--hold', '300ms', ...quick];

/** By the scenario of the demo cluster that they are run on, one after the other. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  healthy: [
    { code: 0, args: ['status'] },
    { code: 0, args: ['doctor'] },
    { code: 0, args: ['tutorial'] },
    { code: 0, args: ['shift', 'v2=20'], applied: [80, 20] },
    { code: 0, args: ['status', '--samples', '50', ...quick] },
    { code: 0, args: ['report', '--last'] },
    { code: 0, args: ['shift', 'v2=100', '--verify', ...quick], applied: [0, 100] },
    {
      code: 0,
      args: [...canary, '--steps', '100', '--max-failure-rate', '20%'],
      from: [100, 0],
      applied: [0, 100],
    },
    { code: 0, args: ['version'] },
    { code: 0, args: ['completion', 'bash'] },
    { code: 0, args: ['demo', '--list'] },

    { code: 1, args: ['status', 'nope'], says: /There is no VirtualService nope .* Name one of myapp\./ },
    {
      code: 1,
      args: ['status', '--watch', '--samples', '50'],
      says: /Can't take --watch and --samples together.*Leave one of them out/,
    },
    { code: 1, args: ['doctor', 'nope'] },
    { code: 1, args: ['tutorial', '--clean-up'], says: /Nothing was run\. With --yes this runs/ },
    { code: 1, args: ['shift', 'v2=120'], says: /whole number from 0 to 100/ },
    { code: 1, args: ['canary', '--to', 'v9'], says: /There is no version v9\b.*v1, v2/ },
    { code: 1, args: ['report', '--all'], says: /unknown option '--all'\. See weighbridge report --help\./ },
    {
      code: 1,
      args: ['version', '--all'],
      says: /unknown option '--all'\. See weighbridge version --help\./,
    },
    { code: 1, args: ['completion', 'tcsh'], says: /bash, zsh, fish\. See weighbridge completion --help\./ },
    { code: 1, args: ['demo', '--scenario', 'nope'], says: /there is none of that name\. Choose one of / },
    { code: 1, args: ['demo'], says: /needs a terminal; without one, use weighbridge demo --serve, / },
    { code: 1, args: ['open'], says: /needs a terminal; without one, use weighbridge status, / },

    {
      code: 70,
      args: ['shift', 'v2=1', '--verify'],
      says: /weighbridge has a bug\. Report it with what is on stderr\. v1 99, v2 1 is applied: weighbridge shift --undo goes back\.\nweighbridge has a bug: Error: a bug on purpose\n.*Report it/s,
      from: [50, 50],
      applied: [99, 1],
      interrupted: { by: 'bug', after: /sampling until/ },
    },
    {
      code: 70,
      args: [...canary, '--steps', '95', '--hold', '60s'],
      says: /Back at the start.*weighbridge has a bug: Error: a bug on purpose\n.*Report it/s,
      from: [100, 0],
      applied: [100, 0],
      interrupted: { by: 'bug', after: /"settling"/ },
    },
    ...(['SIGINT', 'SIGTERM'] as const).map(
      (by, at): Row => ({
        code: [130, 143][at] ?? 0,
        args: ['status', '--watch'],
        interrupted: { by, after: /"canaries"/ },
      }),
    ),
    {
      code: 130,
      args: ['status', '--samples', '100000'],
      says: /Stopped by a signal\. Nothing was changed\./,
      interrupted: { by: 'SIGINT', after: /sampling the gateway/ },
    },
    {
      code: 130,
      args: ['shift', 'v2=1', '--verify'],
      says: /Stopped by a signal/,
      from: [50, 50],
      applied: [99, 1],
      interrupted: { by: 'SIGINT', after: /sampling until/ },
    },
    {
      code: 143,
      args: ['shift', 'v2=1', '--verify'],
      says: /Stopped by a signal/,
      from: [50, 50],
      applied: [99, 1],
      interrupted: { by: 'SIGTERM', after: /sampling until/ },
    },
    ...(['SIGINT', 'SIGTERM', 'reader-gone'] as const).map(
      (by, at): Row => ({
        code: [130, 143, 141][at] ?? 0,
        args: [...canary, '--steps', '95', '--hold', '60s'],
        says: /Told to end\. Back at the start\. Applied: v1 100, v2 0\./,
        from: [100, 0],
        applied: [100, 0],
        interrupted: { by, after: /"settling"/ },
      }),
    ),
  ],
  'v2-crashlooping': [
    {
      code: 1,
      args: ['shift', 'v2=60'],
      says: /no ready pod.*answered 503\. [^.]+\. With --yes/,
      applied: [50, 50],
    },
    {
      code: 1,
      args: ['canary', '--to', 'v2', ...quick],
      says: /no ready pod.*--yes.*Back at the start/s,
      from: [100, 0],
      applied: [100, 0],
    },
  ],
  forbidden: [
    { code: 0, args: ['status'] },
    { code: 2, args: ['shift', 'v2=20'], says: /patch/ },
    { code: 2, args: ['canary', '--to', 'v2'], says: /Ask for `patch`.*Back at the start/s },
    { code: 2, args: ['doctor'] },
  ],
  'argo-owned': [
    { code: 3, args: ['shift', 'v2=20'], says: /argo.*--override-owner/is, applied: [50, 50] },
    {
      code: 3,
      args: ['canary', '--to', 'v2'],
      says: /Argo CD.*--override-owner.*Back at the start/s,
      applied: [50, 50],
    },
  ],
  'istiod-down': [
    // The gateway has its first routes before istiod is found to be down.
    { code: 0, args: ['shift', '--even', '--verify', ...quick] },
    {
      code: 4,
      args: ['shift', 'v2=0', '--verify', '--timeout', '3s', ...quick],
      says: /agree/,
      applied: [100, 0],
    },
    {
      code: 4,
      args: [...canary, '--steps', '95', '--timeout', '3s'],
      says: /Back at the start.*weighbridge doctor/s,
      applied: [100, 0],
    },
  ],
  'mesh-only': [
    {
      code: 4,
      args: ['status', '--samples', '50'],
      says: /Can't sample this route: .*Name what leads there with --gateway/,
    },
  ],
  'lossy-gateway': [
    {
      code: 5,
      args: ['shift', 'v2=20', '--max-failures', '0', '--rollback-on-failure', ...quick],
      says: /limit broke.*Rolled back/s,
      applied: [50, 50],
    },
    {
      code: 5,
      args: [...canary, '--steps', '95', '--max-failure-rate', '0.5%'],
      says: /Back at the start.*weighbridge doctor/s,
      from: [100, 0],
      applied: [100, 0],
    },
  ],
};

type Told = { readonly code: number; readonly verb: string; readonly line: string };

const told: Told[] = [];
afterAll(() => {
  process.stdout.write(
    `\n${lines()}\n\n${matrix()}\n70 is a bug put in from outside: nothing that is shipped has one.\n`,
  );
});

/** Every run, by its exit code. */
function lines(): string {
  const byCode = told.toSorted((a, b) => a.code - b.code || a.line.localeCompare(b.line));
  const rows = byCode.map(({ code, line }) => `${String(code).padEnd(6)}${line}`);
  return ['exit  what is run  (where)  the last line on stderr', ...rows].join('\n');
}

/** How many runs of each verb ended with each code. */
function matrix(): string {
  const codes = [...new Set(told.map(({ code }) => code))].toSorted((a, b) => a - b);
  const verbs = [...new Set(told.map(({ verb }) => verb))].toSorted();
  const cells = (verb: string) =>
    codes.map(code => told.filter(one => one.verb === verb && one.code === code).length || '-');
  const row = (name: string, texts: readonly (string | number)[]) =>
    name.padEnd(12) + texts.map(text => String(text).padStart(5)).join('');
  return [row('runs', codes), ...verbs.map(verb => row(verb, cells(verb)))].join('\n');
}

function tell({ code, args }: Pick<Row, 'code' | 'args'>, where: string, said: string): void {
  const [line = ''] = said.trimEnd().split('\n').slice(-1);
  const words = line.length > 120 ? `${line.slice(0, 119)}…` : line;
  told.push({ code, verb: args[0] ?? '', line: `weighbridge ${args.join(' ')}  (${where})  ${words}` });
}

type Place = ReturnType<typeof createEmptyPlace>;

function placeOf({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Place {
  const place = createEmptyPlace();
  onTestFinished(place.remove);
  return place;
}

/** Runs a row as a program would, and holds it to what it says. */
async function runRow(
  row: Row,
  where: string,
  env: Place['env'],
  place: readonly string[] = [],
): Promise<void> {
  const { code, args, says, interrupted } = row;
  const [verb = ''] = args;
  const schema = schemaOf(args);
  const more = [
    ...(schema === undefined || WITHOUT_CLUSTER.includes(verb) ? [] : place),
    ...(schema === undefined ? [] : ['-o', 'json']),
  ];
  const end = await runProgram([...args, ...more], env, interrupted);
  const name = `${args.join(' ')}, on ${where}: ${end.stderr}`;
  expect(end.code, name).toBe(code);
  if (says) expect(end.stderr, name).toMatch(says);
  if (schema !== undefined) expectAnswer(schema, end, interrupted?.by === 'reader-gone', name);
  else if (code !== 0) expect(end.stdout, name).toBe('');
  tell(row, interrupted ? `${where}, ${interrupted.by}` : where, end.stderr);
}

/** Stdout is the one document that the schema describes, or lines of which one is the answer; a failure is said on stderr. */
function expectAnswer(schema: string, end: ProgramEnd, isCutOff: boolean, name: string): void {
  const texts = LINES.includes(schema) ? end.stdout.trimEnd().split('\n') : [end.stdout];
  const documents = texts.map(text => JSON.parse(text));
  expect(
    documents.flatMap(document => schemaProblems(schema, document)),
    name,
  ).toEqual([]);
  const answer = documents.at(-1);
  if (isCutOff) return;
  // A watch was well until a signal ended it.
  const code = schema === 'status-watch.json' && !answer.error ? 0 : end.code;
  if ('exitCode' in answer) expect(answer.exitCode, name).toBe(code);
  if (!answer.error) return;
  const { headline, nextStep } = answer.error;
  expect(end.stderr, name).toContain(`${headline} ${nextStep}`.trim());
}

describe.concurrent('every exit code, by a run of the built program', () => {
  it.for(Object.entries(ROWS))('on the demo cluster, %s', async ([scenario, rows], context) => {
    const place = placeOf(context);
    const demo = await DemoProcess.start(place.env, ['--seed', '7', '--scenario', scenario]);
    context.onTestFinished(() => demo.stop());
    const { kubeconfig } = demo.served;
    const connected = connect({ kubeconfig }, {}, () => undefined);
    if (!connected.ok) throw new Error(connected.error.headline);
    const { api } = connected.value;
    context.onTestFinished(() => api.close());
    const applied = () => storedWeights(api);
    for (const row of rows) {
      if (row.from) await setWeightsBeside(api, row.from);
      await runRow(row, scenario, place.env, ['--kubeconfig', kubeconfig]);
      if (row.applied) expect(await applied(), row.args.join(' ')).toEqual(row.applied);
    }
  });

  it('where there is no cluster', async context => {
    const { env } = placeOf(context);
    const place = ['--kubeconfig', '/nowhere/kubeconfig'];
    const says = /Can't read kubeconfig \/nowhere\/kubeconfig/;
    const noKubeconfig =
      /There is no kubeconfig\. Name one with --kubeconfig, or try weighbridge \w+ --demo\./;
    for (const args of [['status'], ['doctor'], ['shift', 'v2=20'], ['canary', '--to', 'v2']]) {
      await runRow({ code: 2, args, says }, 'a kubeconfig that is not there', env, place);
      await runRow({ code: 2, args, says: noKubeconfig }, 'no kubeconfig', env);
    }
    const noContext = /No kubeconfig names a current context\. Name one with --context\./;
    await runRow({ code: 2, args: ['report'], says: noContext }, 'no kubeconfig', env);
    const noTools = { ...env, PATH: '/nowhere' };
    const run = ['tutorial', '--through', 'tools', '--yes'];
    await runRow({ code: 2, args: run, says: /Step 1, The tools, fails\. .*Install/ }, 'no tools', noTools);
    await runRow({ code: 0, args: ['tutorial'] }, 'no kubeconfig', env);
  });

  it('where the API server never answers, and a signal or a bug comes', async context => {
    const { env, home } = placeOf(context);
    const silent = await silentServer(context);
    const file = join(home, 'kubeconfig');
    writeFileSync(file, kubeconfigText(`http://127.0.0.1:${silent.port}`, {}, {}));
    for (const args of [['status'], ['doctor'], ['tutorial'], ['shift', 'v2=20'], ['canary', '--to', 'v2']]) {
      for (const [by, code, says] of [
        ['SIGINT', 130, /^Stopped by a signal\. Nothing was changed\.$/m],
        ['SIGTERM', 143, /^Stopped by a signal\. Nothing was changed\.$/m],
        ['bug', 70, /weighbridge has a bug: Error: a bug on purpose\n.*Report it/s],
      ] as const) {
        const before = silent.asked();
        const interrupted: Interruption = { by, after: /^/, isTime: () => silent.asked() > before };
        const row = { code, args, says, interrupted };
        await runRow(row, 'an API server that never answers', env, ['--kubeconfig', file]);
      }
    }
  });

  it('where what is remembered cannot be read', async context => {
    const { env } = placeOf(context);
    const folder = shiftHistoryFolder(env, 'minikube');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '1-spoilt.json'), 'no JSON');
    const says = /Can't read the shifts that are remembered in .* Move the file away\./;
    await runRow({ code: 1, args: ['report', '--context', 'minikube'], says }, 'a spoilt file', env);
  });

  it('of the screen, and of the demo cluster alone', async context => {
    const { env, home } = placeOf(context);
    const demo = await DemoProcess.start(env);
    context.onTestFinished(() => demo.stop());
    const leave = async (code: number, way: string, more: readonly string[] = []) => {
      const args = [builtProgram(), 'open', '--kubeconfig', demo.served.kubeconfig, ...more];
      const screen = new ScreenInPty({ command: process.execPath, args, env, cwd: home, size: SMALL });
      context.onTestFinished(() => screen.stop());
      if (more.length === 0)
        await screen.waitFor('the screen', text => text.includes('VirtualService myapp'));
      if (way === 'q') screen.press(way);
      if (way === 'SIGTERM') process.kill(screen.pid, way);
      const { exitCode } = await screen.ended;
      expect(exitCode, way).toBe(code);
      tell({ code, args: ['open', ...more] }, `a terminal, ${way}`, screen.text.replaceAll('\n', ''));
    };
    await leave(0, 'q');
    await leave(143, 'SIGTERM');
    await leave(2, 'a context that is not there', ['--context', 'nope']);
    demo.signal('SIGTERM');
    expect(await demo.ended()).toBe(0);
    tell({ code: 0, args: ['demo', '--serve'] }, 'SIGTERM', '');
  });
});

/** Takes connections and answers nothing. */
async function silentServer({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): Promise<{
  readonly port: number;
  /** How many connections it has taken so far. */
  readonly asked: () => number;
}> {
  const sockets: Socket[] = [];
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked: () => sockets.length };
}

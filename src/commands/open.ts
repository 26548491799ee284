import { systemClock } from '../clock.ts';
import { dispatcherOf } from '../session/dispatcher.ts';
import { endOnceSent } from '../session/leave.ts';
import type { TrafficState } from '../session/state.ts';
import { type AppStore, createAppStore } from '../session/store.ts';
import { summary } from '../session/summary.ts';
import { toggleTutorial } from '../session/tutorial-panel.ts';
import { followClipboard } from './clipboard.ts';
import { firstCrash } from './crash.ts';
import { EXIT, type Io } from './io.ts';
import type { OpenFlags, Problem } from './open-flags.ts';
import type { Recording } from './recording.ts';
import type { RecordingProblem } from './recording-file.ts';
import { readSamplingFlags } from './sampling-flags.ts';
import { screenSize } from './screen-size.ts';
import { SessionHost } from './session-host.ts';
import { loadSettings } from './settings-file.ts';
import { readReportFlag, ShiftFiles } from './shift-files.ts';
import { terminationSignal } from './signals.ts';
import { followSuspensions, ownProcess } from './suspension.ts';
import { looksOf, screenKind } from './terminal-looks.ts';
import { INSTEAD_OF_DEMO_SCREEN, insteadOfScreen } from './verb-help.ts';

const STEP_DEADLINE_MS = 2_000;

/** What has to be ended when the screen closes, the newest first. */
type Cleanup = (() => Promise<void> | void)[];

/** `weighbridge` and `weighbridge open`: the screen, until it is left. Yields the exit code. */
export async function open(flags: OpenFlags, io: Io): Promise<number> {
  if (!io.stdin.isTTY || !io.stdout.isTTY) {
    const instead = flags.demo ? INSTEAD_OF_DEMO_SCREEN : insteadOfScreen(flags.virtualService);
    io.stderr.write(`weighbridge draws a screen and needs a terminal; without one, use ${instead}.\n`);
    return EXIT.usage;
  }
  const sampling = readSamplingFlags(flags);
  if ('problem' in sampling) {
    io.stderr.write(`${sampling.problem}\n`);
    return EXIT.usage;
  }
  const settings = await loadSettings(io.env);
  if ('problem' in settings) {
    io.stderr.write(`${settings.problem}\n`);
    return EXIT.usage;
  }
  const report = await readReportFlag(flags.report, process.cwd());
  if (report && 'problem' in report) {
    io.stderr.write(`${report.problem}\n`);
    return EXIT.usage;
  }
  const { protectedContexts, ratePerSecond } = settings;
  // What the command line says comes last.
  const store = createAppStore(systemClock.now(), screenSize(io, flags.ascii));
  const paced = { ...(ratePerSecond === undefined ? {} : { ratePerSecond }), ...sampling };
  store.setState(state => ({ ...state, ui: { ...state.ui, ...looksOf(flags, settings, io.env) } }));
  if (flags.tutorial) store.setState(state => toggleTutorial(state), true);
  const files = new ShiftFiles(store, systemClock, report, process.cwd());
  const cleanup: Cleanup = [];
  try {
    const recording = await startRecording(flags, store);
    if (recording && 'problem' in recording) {
      io.stderr.write(`${recording.problem}\n`);
      return EXIT.usage;
    }
    if (recording) cleanup.push(recording.end);
    const code = await runScreen({ ...flags, protectedContexts }, paced, io, store, recording, cleanup);
    const unwritten = await files.end();
    // Ending the session drops a patch that is still unanswered, and with it the knowledge that it was sent.
    const state = store.getState();
    await end(cleanup);
    if (typeof code === 'number') {
      io.stdout.write(summary(state));
      if (unwritten === undefined) return code;
      io.stderr.write(`${unwritten}\n`);
      return code === EXIT.done ? EXIT.usage : code;
    }
    io.stderr.write(`${code.problem}\n`);
    return code.code;
  } finally {
    await files.end();
    await end(cleanup);
  }
}

/** Draws first and connects then: the cluster's client takes longer to load than the screen. */
async function runScreen(
  flags: OpenFlags,
  sampling: Partial<TrafficState>,
  io: Io,
  store: AppStore,
  recording: Recording | undefined,
  cleanup: Cleanup,
): Promise<number | Problem> {
  const signal = terminationSignal();
  cleanup.push(signal.forget);
  const crash = firstCrash();
  cleanup.push(crash.forget);
  const dispatch = dispatcherOf(store, systemClock, intent => recording?.recorder.noteIntent(intent));
  cleanup.push(endOnceSent(store, systemClock));
  const onResize = () =>
    store.setState(state => ({ ...state, ui: { ...state.ui, ...screenSize(io, flags.ascii) } }));
  // Before the screen hears of it: a frame of the old size would be drawn into the new one.
  io.stdout.on('resize', onResize);
  const screen = io.openScreen(store, dispatch, screenKind(flags, io.env));
  cleanup.push(() => {
    io.stdout.off('resize', onResize);
  });
  cleanup.push(followClipboard(store, systemClock, io));
  cleanup.push(followSuspensions(store, screen, systemClock, ownProcess));
  // The terminal comes back first, whatever else takes its time to end.
  const host = new SessionHost(flags, sampling, io.env, store, systemClock, recording);
  cleanup.push(host.stopDemo, host.stop);
  const connected = host.start();
  // Loaded with the screen drawn, before anything can be shifted.
  const remembering = import('./shift-history-file.ts').then(({ rememberShifts }) =>
    rememberShifts(store, systemClock, io, false),
  );
  cleanup.push(async () => (await remembering)());
  const left = new Promise<number>(resolve => {
    store.subscribe(({ run }) => {
      if (run.kind === 'ended') resolve(EXIT.done);
    });
  });
  try {
    return await Promise.race([
      left,
      signal.received,
      crash.happened,
      screen.closed.then(() => EXIT.done),
      connected.then(async (problem): Promise<number | Problem> => problem ?? left),
    ]);
  } finally {
    await screen.close();
    await connected.catch(() => undefined);
  }
}

/** Only when asked: most sessions are not recorded. */
async function startRecording(
  flags: OpenFlags,
  store: AppStore,
): Promise<Recording | RecordingProblem | undefined> {
  if (flags.record === undefined) return undefined;
  const { openRecording } = await import('./recording.ts');
  return openRecording(flags.record, store, systemClock);
}

async function end(cleanup: Cleanup): Promise<void> {
  for (let step = cleanup.pop(); step; step = cleanup.pop()) await withinTime(step);
}

/** Whatever hangs on the way out is left behind: the person has left already. */
async function withinTime(step: Cleanup[number]): Promise<void> {
  let cancel = () => {};
  const deadline = new Promise<void>(resolve => {
    cancel = systemClock.after(STEP_DEADLINE_MS, resolve);
  });
  await Promise.race([step(), deadline]);
  cancel();
}

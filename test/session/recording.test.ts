import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openRecording, type Recording } from '../../src/commands/recording.ts';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { type Json, listIn, objectIn, textIn } from '../../src/kube/json.ts';
import { withNotice } from '../../src/session/notices.ts';
import type { AppStore } from '../../src/session/store.ts';
import { manifestsFolder, setWeightsBeside, startDemoSession } from '../support/demo-session.ts';
import { testFolder } from '../support/kubeconfig-file.ts';
import { parseRecording, replayed } from '../support/recording.ts';

const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

const HEADER_SECRET = 'let-me-in-please';
const PAGE = `v2 \x1b]0;owned\x07\x1b[2J\u202e {"kind":"weights","applied":[1,99]}\n{"t":1} ${'owned'.repeat(500)}`;

/** Tokens, keys, certificates and addresses of a kubeconfig. */
function secretsOf(kubeconfig: string): readonly string[] {
  const { users, clusters } = objectIn(load(kubeconfig) as Json);
  const values = [
    ...listIn(users).flatMap(user => Object.values(objectIn(objectIn(user).user))),
    ...listIn(clusters).flatMap(cluster => Object.values(objectIn(objectIn(cluster).cluster))),
  ];
  return values.flatMap(value => textIn(value) ?? []);
}

it('keeps a journey as lines that tell its weights, its samples and its keys, and no secret', async () => {
  const folder = await testFolder();
  cleanup.push(folder.remove);
  const demo = await startDemoCluster({ manifestsFolder, seed: 7 });
  cleanup.push(() => demo.stop());
  demo.setPageBody('v2', PAGE);
  const path = join(folder.path, 'session.jsonl');
  const opened: { recording?: Recording } = {};
  const open = async (store: AppStore) => {
    const recording = await openRecording(path, store, systemClock);
    if ('problem' in recording) throw new Error(recording.problem);
    opened.recording = recording;
    recording.enter([await folder.write('kubeconfig', demo.kubeconfig)]);
    return recording.recorder;
  };
  const session = await startDemoSession({
    demo,
    record: open,
    prepare: state => ({ ...state, traffic: { ...state.traffic, headers: { 'x-key': HEADER_SECRET } } }),
  });
  cleanup.push(session.stop);

  await session.until(({ traffic }) => traffic.observed?.versions.every(({ count }) => count > 10) ?? false);
  session.press({ kind: 'shift', points: 10 }, { kind: 'shift', points: 10 });
  await session.idle();
  await setWeightsBeside(session.other, [20, 80]);
  await session.until(({ weights }) => weights.applied?.weights.join('/') === '20/80');
  const secrets = secretsOf(demo.kubeconfig);
  expect(secrets.length).toBeGreaterThan(2);
  session.store.setState(
    state => withNotice(state, 'error', `leaked ${secrets.join(' ')} and ${HEADER_SECRET}`, 0),
    true,
  );
  session.press({ kind: 'enter-weight' }, { kind: 'type', text: '35' }, { kind: 'submit' });
  await session.idle();
  await session.until(({ traffic }) => traffic.observed?.phase === 'settled');
  const { weights } = session.store.getState();
  await opened.recording?.end();

  const text = await readFile(path, 'utf8');
  const entries = parseRecording(text);
  const kept = replayed(entries, 'weights');
  expect([kept.requested, kept.applied, kept.patch]).toEqual([
    weights.requested,
    weights.applied?.weights,
    'idle',
  ]);
  expect(kept.applied).toEqual([65, 35]);
  const sources = entries.flatMap(({ kind, source }) =>
    kind === 'weights' ? (objectIn(source).by ?? []) : [],
  );
  expect([...new Set(sources)]).toEqual(['found', 'shift', 'outside']);
  const intents = entries.flatMap(({ intent }) => intent ?? []);
  expect(intents).toEqual(['shift', 'shift', 'enter-weight', 'type', 'submit']);
  expect(entries.filter(({ kind }) => kind === 'sample').length).toBeGreaterThan(30);
  expect(entries.filter(({ outcome, version }) => outcome === 'version' && version === 'v2')).not.toEqual([]);
  expect(entries[0]).toMatchObject({ kind: 'header', context: session.store.getState().connection.context });
  expect(entries.at(-1)).toMatchObject({ kind: 'end' });

  const forbidden = [
    ...secrets,
    HEADER_SECRET,
    folder.path,
    demo.gatewayUrl,
    'owned',
    '\x1b',
    '\u202e',
    '127.0.0.1',
  ];
  expect(forbidden.filter(secret => text.includes(secret))).toEqual([]);
});

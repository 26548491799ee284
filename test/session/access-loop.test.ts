import type { RequestListener } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { accessDoubted } from '../../src/session/access.ts';
import { AccessLoop } from '../../src/session/access-loop.ts';
import { routeChosen } from '../../src/session/applied.ts';
import { refusal } from '../../src/session/refusal.ts';
import { createAppStore } from '../../src/session/store.ts';
import { clientBefore } from '../support/answering-server.ts';
import { until } from '../support/demo-session.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aVirtualService } from '../support/objects.ts';

const T = 1_000_000;
const RIGHT = { kind: 'shift', points: 10 } as const;
let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

type Asked = { readonly verb: string; readonly resource: string; readonly name?: string };

/** The loop, VirtualService myapp chosen, in front of a server that says what is denied or answers no such question. */
async function startLoop(isDenied: (asked: Asked) => boolean, refuseCode?: number) {
  const asked: Asked[] = [];
  const answer: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { spec: { resourceAttributes: Asked } };
    const { resourceAttributes } = body.spec;
    asked.push(resourceAttributes);
    const status = { allowed: !isDenied(resourceAttributes) };
    const refused = JSON.stringify({ kind: 'Status', code: refuseCode });
    response.writeHead(refuseCode ?? 201).end(refuseCode ? refused : JSON.stringify({ status }));
  };
  const { api, close } = await clientBefore(answer);
  const clock = new ManualClock(T);
  const store = createAppStore(T, { columns: 80, rows: 24, isUnicode: true });
  const virtualService = aVirtualService([50, 50]);
  const [route] = virtualService.routes;
  if (!route) throw new Error('no route');
  store.setState(state => routeChosen(state, virtualService, route), true);
  const controller = new AbortController();
  const run = new AccessLoop(api, store, clock, controller.signal).run();
  cleanup.push(async () => {
    controller.abort();
    await run;
    await close();
  });
  return { store, clock, asked, refusalNow: () => refusal(store.getState(), RIGHT) };
}

const isPatch = ({ verb }: Asked) => verb === 'patch';

it('asks again now and then while a right is missing, and the keys come back by themselves', async () => {
  let isMissing = true;
  const { clock, asked, refusalNow } = await startLoop(question => isMissing && isPatch(question));
  await expect.poll(refusalNow).toBe('read-only: ask for `patch` on virtualservices in namespace default');
  expect(asked[0]).toMatchObject({ verb: 'patch', resource: 'virtualservices', name: 'myapp' });
  isMissing = false;
  await expect
    .poll(() => {
      clock.advance(30_000);
      return refusalNow();
    })
    .toBeUndefined();
});

it('asks at once when an answer is doubted, and only what may have changed', async () => {
  const { store, clock, asked } = await startLoop(() => false);
  await expect.poll(() => clock.pendingAlarms).toBe(1);
  const before = asked.length;
  clock.advance(5_000);
  store.setState(state => accessDoubted(state, clock.now()), true);
  await expect.poll(() => asked.length).toBe(before + 1);
  expect(asked.at(-1)).toMatchObject({ verb: 'patch', resource: 'virtualservices' });
});

it('asks about another VirtualService as soon as that is chosen', async () => {
  const { store, asked } = await startLoop(() => false);
  await until(store, ({ access }) => access.answers.length > 10);
  store.setState(state => ({ ...state, target: { kind: 'chosen', namespace: 'shop', name: 'cart' } }));
  await expect.poll(() => asked.some(({ name }) => name === 'cart')).toBe(true);
});

it.each([403, 404])('takes every right as given where the question itself is answered %i', async code => {
  const { clock, asked, refusalNow } = await startLoop(isPatch, code);
  await expect.poll(() => asked.length).toBe(1);
  await expect.poll(() => clock.pendingAlarms).toBe(1);
  clock.advance(60_000);
  expect(refusalNow()).toBeUndefined();
  expect(asked).toHaveLength(1);
});

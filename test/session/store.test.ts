import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { announcingAfterSending, createAppStore } from '../../src/session/store.ts';
import { startDemoSession } from '../support/demo-session.ts';

const SCREEN = { columns: 80, rows: 24, isUnicode: true };

describe('the store as the screen follows it', () => {
  it('announces what was written together once, with what was announced before', async () => {
    const store = createAppStore(0, SCREEN);
    const announced: (readonly [now: number, before: number])[] = [];
    announcingAfterSending(store).subscribe(({ now }, before) => announced.push([now, before.now]));
    for (const now of [1, 2, 3]) store.setState({ now });
    expect(announced).toEqual([]);
    for (let turns = 0; turns < 3; turns += 1) await turn();
    store.setState({ now: 4 });
    for (let turns = 0; turns < 3; turns += 1) await turn();
    expect(announced).toEqual([
      [3, 0],
      [4, 3],
    ]);
  });

  it('tells a listener nothing any more once it has gone', async () => {
    const store = createAppStore(0, SCREEN);
    const stop = announcingAfterSending(store).subscribe(() => expect.unreachable());
    store.setState({ now: 1 });
    stop();
    for (let turns = 0; turns < 3; turns += 1) await turn();
  });

  it('announces only the latest of what was written while the screen was not ready', async () => {
    const store = createAppStore(0, SCREEN);
    const announced: (readonly [now: number, before: number])[] = [];
    const held: (() => void)[] = [];
    const followed = announcingAfterSending(store, announce => held.push(announce));
    followed.subscribe(({ now }, before) => announced.push([now, before.now]));
    for (const now of [1, 2, 3]) {
      store.setState({ now });
      for (let turns = 0; turns < 3; turns += 1) await turn();
    }
    expect({ announced, held: held.length }).toEqual({ announced: [], held: 1 });
    held[0]?.();
    expect(announced).toEqual([[3, 0]]);
  });

  it('announces a key after the patch that it asks for is on its way', async () => {
    const session = await startDemoSession({});
    await session.idle();
    const order: string[] = [];
    const sent = (message: unknown) => {
      const { request } = message as { readonly request: { readonly method: string } };
      if (request.method === 'PATCH') order.push('sent');
    };
    subscribe('undici:client:sendHeaders', sent);
    announcingAfterSending(session.store).subscribe(({ weights }, before) => {
      if (weights.requested !== before.weights.requested) order.push('announced');
    });
    session.press({ kind: 'shift', points: 10 });
    await session.idle();
    unsubscribe('undici:client:sendHeaders', sent);
    await session.stop();
    expect(order.slice(0, 2)).toEqual(['sent', 'announced']);
  });
});

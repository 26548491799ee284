import { expect, it } from 'vitest';
import { startDemoSession } from '../support/demo-session.ts';
import { eventually } from '../support/eventually.ts';

const connections = () => process.getActiveResourcesInfo().filter(kind => /TCP|TLS/.test(kind));

it('leaves no socket and no server after the session and its demo cluster were stopped', async () => {
  const session = await startDemoSession();
  await session.until(state => (state.traffic.observed?.latency?.p50Ms ?? 0) > 0);
  expect(connections().length).toBeGreaterThan(4);
  await session.stop();
  // A socket that was closed is gone a turn of the event loop later.
  await eventually(() => expect(connections()).toEqual([]));
});

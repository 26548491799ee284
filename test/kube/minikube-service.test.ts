import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { startMinikubeService } from '../../src/kube/minikube-service.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeMinikube, putMinikubeOnPath, tunnelTo } from '../support/fake-minikube.ts';

const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function fake(body: string): Promise<FakeMinikube> {
  const minikube = await putMinikubeOnPath(body);
  cleanUps.push(minikube.remove);
  return minikube;
}

const reach = {
  kind: 'minikube-service',
  profile: 'tutorial',
  namespace: 'istio-system',
  service: 'front',
  line: 1,
  scheme: 'http',
} as const;

const start = (deadlineMs = 5_000, signal = new AbortController().signal) =>
  startMinikubeService(reach, deadlineMs, systemClock, signal);

/** Waits for a start of the command to take effect, then until none runs. */
const untilNoneRuns = (minikube: FakeMinikube) =>
  eventually(async () => expect(await minikube.running()).toEqual([]));

describe("minikube's command as a child", () => {
  it('is read by the line of the port, stays while it is used, and is interrupted in the end', async () => {
    const minikube = await fake(tunnelTo(1));
    const service = await start();
    if (!service.ok) throw new Error(service.reason);
    expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:\d{4,5}$/);
    expect(await minikube.calls()).toEqual(['service front --url -n istio-system -p tutorial']);
    expect([service.isAlive(), (await minikube.running()).length]).toEqual([true, 1]);
    await service.stop();
    expect([service.isAlive(), await minikube.running()]).toEqual([false, []]);
  });

  it('is as good where it prints addresses and ends, because no tunnel is needed', async () => {
    const minikube = await fake("console.log('http://192.168.49.2:31021\\nhttp://192.168.49.2:31380');");
    const service = await start();
    expect(service).toMatchObject({ ok: true, url: 'http://192.168.49.2:31380' });
    await untilNoneRuns(minikube);
    expect(service.ok && service.isAlive()).toBe(true);
  });

  it('that fails is explained by what it said', async () => {
    await fake(
      `console.error("X Exiting due to SVC_NOT_FOUND: Service 'front' was not found.\\n* Try again");process.exitCode = 115;`,
    );
    expect(await start()).toEqual({
      ok: false,
      reason: "minikube: SVC_NOT_FOUND: Service 'front' was not found.",
    });
  });

  it('that prints nothing is given up at the deadline, and killed although it does not want to end', async () => {
    const minikube = await fake("process.on('SIGINT', () => {}); setInterval(() => {}, 1000);");
    const service = await start(500);
    expect(service).toEqual({ ok: false, reason: 'minikube printed no URL in time' });
    await untilNoneRuns(minikube);
  });

  it('ends with whoever waits for it', async () => {
    const minikube = await fake(
      "process.on('SIGINT', () => process.exit(130)); setInterval(() => {}, 1000);",
    );
    const leaving = new AbortController();
    const starting = start(5_000, leaving.signal);
    await eventually(async () => expect(await minikube.running()).toHaveLength(1));
    leaving.abort();
    expect(await starting).toMatchObject({ ok: false });
    await untilNoneRuns(minikube);
  });
});

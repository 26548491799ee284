import { describe, expect, test } from 'vitest';
import { isLive, isSettledAt, weightsRow } from './read-screen.ts';
import { emptyPlace, openScreen, serveDemo, startCluster } from './test-bed.ts';

describe('an API server that goes away', () => {
  test('leaves the rows, the age of what is known, and traffic; and is live again without a key', async () => {
    const place = emptyPlace();
    const { cluster, kubeconfig } = await startCluster(place);
    const screen = openScreen(['--kubeconfig', kubeconfig], place);
    await screen.waitFor('the live screen', isLive);

    await cluster.stopApi();
    await screen.waitFor('no connection, and since when', text =>
      /✗ no connection for [1-9]\d*s$/m.test(text),
    );
    expect(screen.text).toMatch(/✓ node minikube +Ready/);
    expect(screen.text).toMatch(/✓ v2 +1\/1 +myapp:v2/);
    expect(['node minikube', 'myapp:v2'].filter(words => !screen.isDimmed(words))).toEqual([]);
    expect(screen.text).toMatch(/4 Responses.* \d+\/s /);
    expect(weightsRow(screen.text, 'v2')).toMatchObject({ requested: 50, applied: 50 });

    await cluster.startApi();
    await screen.waitFor('the live screen, nothing of it dimmed', text => {
      return isLive(text) && !screen.isDimmed('node minikube') && !text.includes('as of');
    });
    screen.press('\x1b[C');
    await screen.waitFor('60 applied', text => isSettledAt(text, 60));
  });

  test('does not hold up quitting: an answer is waited for two seconds, and the summary says so', async () => {
    const place = emptyPlace();
    const demo = await serveDemo(place);
    const screen = openScreen(['--kubeconfig', demo.served.kubeconfig], place);
    await screen.waitFor('the live screen', isLive);
    demo.signal('SIGSTOP');
    screen.press('\x1b[C');
    await screen.waitFor('60 requested', text => weightsRow(text, 'v2')?.requested === 60);
    const askedAtMs = performance.now();
    screen.press('q');
    const { exitCode, atMs } = await screen.ended;
    expect(exitCode).toBe(0);
    expect(atMs - askedAtMs).toBeLessThan(8_000);
    expect(screen.text).toContain('last known v1 50, v2 50');
    expect(screen.text).toContain('40/60 was sent and not answered in time');
  });
});

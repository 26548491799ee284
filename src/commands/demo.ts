import { type DemoFlags, hostDemo } from './demo-host.ts';
import { kubeconfigProblem } from './file-error.ts';
import { EXIT, type Io } from './io.ts';
import { terminationSignal } from './signals.ts';

/** `weighbridge demo --serve`: the embedded cluster alone, until a signal ends it. One line of JSON on stdout says where it is. */
export async function serveDemo(flags: DemoFlags, io: Io): Promise<number> {
  const { received, forget } = terminationSignal();
  try {
    const { cluster, kubeconfig, stop } = await hostDemo(flags);
    const ready = { kubeconfig, context: cluster.context, gateway: cluster.gatewayUrl };
    io.stdout.write(`${JSON.stringify(ready)}\n`);
    await received;
    await stop();
    // Being stopped by a signal is how serving ends: that is no failure.
    return EXIT.done;
  } catch (error) {
    io.stderr.write(`${kubeconfigProblem(error)}\n`);
    return EXIT.usage;
  } finally {
    forget();
  }
}

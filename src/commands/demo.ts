import { plainText } from '../plain-text.ts';
import { type DemoFlags, hostDemo } from './demo-host.ts';
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
    if (!isFileError(error)) throw error;
    io.stderr.write(
      `Can't write the kubeconfig: ${plainText(error.message)}. Name another file with --kubeconfig.\n`,
    );
    return EXIT.usage;
  } finally {
    forget();
  }
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'path' in error && 'syscall' in error;
}

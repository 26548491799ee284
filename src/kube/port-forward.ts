import { Duplex, PassThrough, Writable } from 'node:stream';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { plainText } from '../plain-text.ts';

/**
 * One TCP connection to `port` of a pod, through the API server's WebSocket. Rejects when the API server refuses it. The
 * stream ends when the WebSocket closes and fails when the pod's end reports an error, so that no reader waits for ever.
 */
export async function openPortForward(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
): Promise<Duplex> {
  const toPod = new PassThrough();
  const stream = new Duplex({
    // What the pod sent cannot be asked to wait: the WebSocket has delivered it already.
    read: () => undefined,
    write: (chunk, encoding, done) => {
      toPod.write(chunk, encoding, done);
    },
    final: done => {
      toPod.end(done);
    },
  });
  // An error before anybody listens must not end the process; later ones reach whoever does.
  stream.on('error', () => undefined);
  const fromPod = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      // The first message of each channel is only the port number, which the library has taken off.
      if (chunk.length > 0) stream.push(chunk);
      done();
    },
  });
  const errors = new Writable({
    write: (message: Buffer, _encoding, done) => {
      if (message.length > 0) stream.destroy(new Error(plainText(message.toString('utf8'), 300)));
      done();
    },
  });
  const opened = await open(config, namespace, pod, port, [fromPod, errors, toPod]);
  // Without retries the library returns the WebSocket itself.
  const socket = typeof opened === 'function' ? opened() : opened;
  if (!socket) throw new Error(`the port-forward to pod ${plainText(pod)} has no connection`);
  socket.onclose = () => stream.push(null);
  socket.onerror = () => stream.destroy(new Error(`the port-forward to pod ${plainText(pod)} broke`));
  stream.once('close', () => socket.close());
  return stream;
}

async function open(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
  [fromPod, errors, toPod]: readonly [Writable, Writable, PassThrough],
) {
  try {
    return await new PortForward(config).portForward(namespace, pod, [port], fromPod, errors, toPod);
  } catch (refusal) {
    // The library rejects with the WebSocket's event.
    const { message } = refusal as { readonly message?: unknown };
    throw new Error(plainText(typeof message === 'string' ? message : 'refused by the API server', 300));
  }
}

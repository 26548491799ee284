import { Duplex, PassThrough, Writable } from 'node:stream';
import { type KubeConfig, PortForward } from '@kubernetes/client-node';
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import WebSocket from 'ws';
import { plainText } from '../plain-text.ts';

const HANDSHAKE_DEADLINE_MS = 5_000;

/**
 * One TCP connection to `port` of a pod, through the API server's WebSocket. Rejects when the API server refuses it or does
 * not answer. The stream ends when the WebSocket closes and fails when the pod's end reports an error or the signal is
 * aborted, so that no reader waits for ever.
 */
export async function openPortForward(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
  signal: AbortSignal,
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
  let socket: WebSocket | undefined;
  const handler = new WebSocketHandler(config, (uri, protocols, options) => {
    socket = new WebSocket(uri, protocols, { ...options, handshakeTimeout: HANDSHAKE_DEADLINE_MS });
    return socket;
  });
  // Terminated, not closed: a server that hangs would never finish the closing handshake.
  const end = () => {
    stream.destroy();
    socket?.terminate();
  };
  signal.addEventListener('abort', end);
  stream.once('close', () => {
    signal.removeEventListener('abort', end);
    socket?.terminate();
  });
  try {
    await new PortForward(config, true, handler).portForward(namespace, pod, [port], fromPod, errors, toPod);
  } catch (refusal) {
    end();
    // The library rejects with the WebSocket's event.
    const { message } = refusal as { readonly message?: unknown };
    throw new Error(plainText(typeof message === 'string' ? message : 'refused by the API server', 300));
  }
  if (!socket || signal.aborted) {
    end();
    throw new Error('stopped');
  }
  socket.onclose = () => stream.push(null);
  socket.onerror = () => stream.destroy(new Error(`the port-forward to pod ${plainText(pod)} broke`));
  return stream;
}

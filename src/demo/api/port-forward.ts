import { connect, type Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** The pod whose ports are forwarded. */
export type ForwardedPod = {
  readonly uid: string;
  /** Where a port of the pod really leads; `undefined` when nothing listens there. */
  readonly resolve: (port: number) => number | undefined;
  /** Calls back once its processes have ended; returns how not to be called. */
  readonly onEnd: (ended: () => void) => () => void;
};

/** The data of the n-th port travels on channel 2n, its errors on 2n + 1. */
const CHANNELS_PER_PORT = 2;

/** Above this many bytes under way to the client the pod has to wait. */
export const HIGH_WATER = 1_048_576;

function frame(channel: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([channel]), data]);
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(port);
  return bytes;
}

/** What a kubelet says when nothing listens. */
export function refusalText(port: number, podUid: string): string {
  return `error forwarding port ${port} to pod ${podUid}, uid : exit status 1: connection refused`;
}

/** A connection to where a pod's port really leads. It is cut when the pod's processes end, whoever listens there for it. */
export function connectToPod(pod: ForwardedPod, loopbackPort: number): Socket {
  const connection = connect({ host: '127.0.0.1', port: loopbackPort, allowHalfOpen: true });
  const forget = pod.onEnd(() => connection.destroy());
  return connection.once('close', forget);
}

/** Sends what the pod says; reads no more while the client is behind. */
function relayFromPod(socket: WebSocket, channel: number, connection: Socket): void {
  connection.on('data', data => {
    socket.send(frame(channel, data), () => {
      if (connection.isPaused() && socket.bufferedAmount < HIGH_WATER) connection.resume();
    });
    if (socket.bufferedAmount > HIGH_WATER) connection.pause();
  });
}

/**
 * Serves one port-forward by the WebSocket channel protocol: each channel begins with its port, data follows, and
 * when the pod hangs up or nothing listens the error channel says so and the WebSocket closes.
 */
export function forwardPorts(socket: WebSocket, pod: ForwardedPod, ports: readonly number[]): void {
  const connections: (Socket | undefined)[] = [];
  let open = ports.length;
  const closeOne = () => {
    open -= 1;
    if (open === 0) socket.close(1000);
  };
  for (const [index, port] of ports.entries()) {
    const loopbackPort = pod.resolve(port);
    const dataChannel = index * CHANNELS_PER_PORT;
    socket.send(frame(dataChannel, portBytes(port)));
    socket.send(frame(dataChannel + 1, portBytes(port)));
    const fail = () => socket.send(frame(dataChannel + 1, Buffer.from(refusalText(port, pod.uid))));
    if (loopbackPort === undefined) {
      fail();
      closeOne();
      continue;
    }
    const connection = connectToPod(pod, loopbackPort);
    connections[index] = connection;
    relayFromPod(socket, dataChannel, connection);
    connection.once('error', fail);
    connection.once('end', () => connection.end());
    connection.once('close', closeOne);
  }
  socket.on('message', data => {
    if (!Buffer.isBuffer(data)) return;
    const channel = data[0] ?? 0;
    if (channel % CHANNELS_PER_PORT === 0 && data.length > 1)
      connections[channel / CHANNELS_PER_PORT]?.write(data.subarray(1));
  });
  socket.once('close', () => {
    for (const connection of connections) connection?.destroy();
  });
  socket.on('error', () => socket.terminate());
}

import { connect, type Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** One forwarded connection, on a WebSocket that carries it alone. */
export type ForwardTarget = {
  /** As the client named it. */
  readonly port: number;
  /** Where it really leads; `undefined` when nothing listens there. */
  readonly loopbackPort: number | undefined;
  readonly podUid: string;
};

/** The data of the n-th port travels on channel 2n, its errors on 2n + 1. */
const CHANNELS_PER_PORT = 2;

/** In v5 a message on this channel says that the channel it names is closed. */
const CLOSE_CHANNEL = 255;

/** Above this many bytes under way to the client the pod has to wait. */
const HIGH_WATER = 1_048_576;

function frame(channel: number, data: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([channel]), data]);
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(port);
  return bytes;
}

function refusalText({ port, podUid }: ForwardTarget): string {
  return `error forwarding port ${port} to pod ${podUid}, uid : exit status 1: connection refused`;
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
export function forwardPorts(socket: WebSocket, targets: readonly ForwardTarget[]): void {
  const connections: (Socket | undefined)[] = [];
  let open = targets.length;
  const closeOne = () => {
    open -= 1;
    if (open === 0) socket.close(1000);
  };
  for (const [index, target] of targets.entries()) {
    const dataChannel = index * CHANNELS_PER_PORT;
    socket.send(frame(dataChannel, portBytes(target.port)));
    socket.send(frame(dataChannel + 1, portBytes(target.port)));
    const fail = () => socket.send(frame(dataChannel + 1, Buffer.from(refusalText(target))));
    if (target.loopbackPort === undefined) {
      fail();
      closeOne();
      continue;
    }
    const connection = connect({ host: '127.0.0.1', port: target.loopbackPort, allowHalfOpen: true });
    connections[index] = connection;
    relayFromPod(socket, dataChannel, connection);
    connection.once('error', fail);
    connection.once('end', () => connection.end());
    connection.once('close', closeOne);
  }
  socket.on('message', data => {
    if (!Buffer.isBuffer(data)) return;
    const channel = data[0] ?? 0;
    if (channel === CLOSE_CHANNEL) connections[(data[1] ?? 0) / CHANNELS_PER_PORT]?.end();
    else if (channel % CHANNELS_PER_PORT === 0 && data.length > 1)
      connections[channel / CHANNELS_PER_PORT]?.write(data.subarray(1));
  });
  socket.once('close', () => {
    for (const connection of connections) connection?.destroy();
  });
  socket.on('error', () => socket.terminate());
}

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { connectToPod, type ForwardedPod, HIGH_WATER, refusalText } from './port-forward.ts';
import { dataFrame, ping, rstStream, type SpdyFrame, SpdyFrameReader, synReply } from './spdy-frames.ts';
import { EmptyHeaderWriter, SpdyHeaderReader } from './spdy-headers.ts';

const NOTHING = Buffer.alloc(0);

/** One forwarded connection: a stream for its bytes and one for what goes wrong. */
type Pair = { errorId?: number; dataId?: number; connection?: Socket };

/**
 * Serves one port-forward as kubectl does it from 1.31 on: SPDY/3.1 inside of a WebSocket. For each connection the
 * client opens two streams, whose headers name the port and belong together by their `requestid`.
 */
class SpdyForward {
  readonly #socket: WebSocket;
  readonly #pod: ForwardedPod;
  readonly #frames = new SpdyFrameReader();
  readonly #headers = new SpdyHeaderReader();
  readonly #replies = new EmptyHeaderWriter();
  readonly #pairs = new Map<string, Pair>();
  readonly #pairOfStream = new Map<number, Pair>();
  /** Frames are taken one after the other, though headers take time to be read. */
  #work: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, pod: ForwardedPod) {
    this.#socket = socket;
    this.#pod = pod;
  }

  receive(bytes: Buffer): void {
    for (const frame of this.#frames.read(bytes)) {
      this.#work = this.#work.then(() => this.#take(frame)).catch(() => this.#socket.terminate());
    }
  }

  end(): void {
    for (const { connection } of this.#pairOfStream.values()) connection?.destroy();
    this.#headers.close();
  }

  async #take(frame: SpdyFrame): Promise<void> {
    switch (frame.type) {
      case 'syn-stream':
        await this.#open(frame.streamId, frame.headers);
        return;
      case 'headers':
        await this.#headers.read(frame.headers);
        return;
      case 'data': {
        const pair = this.#pairOfStream.get(frame.streamId);
        if (pair?.dataId !== frame.streamId) return;
        if (frame.data.length > 0) pair.connection?.write(frame.data);
        if (frame.isLast) pair.connection?.end();
        return;
      }
      case 'rst-stream':
        this.#pairOfStream.get(frame.streamId)?.connection?.destroy();
        return;
      case 'ping':
        this.#send(ping(frame.id));
        return;
      case 'goaway':
      case 'other':
    }
  }

  async #open(streamId: number, block: Buffer): Promise<void> {
    const headers = await this.#headers.read(block);
    const requestId = headers.get('requestid') ?? '';
    const type = headers.get('streamtype');
    const port = Number(headers.get('port'));
    if ((type !== 'data' && type !== 'error') || !(port > 0 && port < 65_536)) {
      this.#send(rstStream(streamId));
      return;
    }
    this.#send(synReply(streamId, this.#replies.next()));
    const pair = this.#pairs.get(requestId) ?? {};
    if (type === 'data') pair.dataId = streamId;
    else pair.errorId = streamId;
    this.#pairs.set(requestId, pair);
    this.#pairOfStream.set(streamId, pair);
    if (pair.dataId === undefined || pair.errorId === undefined) return;
    this.#pairs.delete(requestId);
    this.#connect(pair, pair.dataId, pair.errorId, port);
  }

  #connect(pair: Pair, dataId: number, errorId: number, port: number): void {
    const loopbackPort = this.#pod.resolve(port);
    const close = () => {
      this.#send(dataFrame(dataId, NOTHING, true));
      this.#send(dataFrame(errorId, NOTHING, true));
      this.#pairOfStream.delete(dataId);
      this.#pairOfStream.delete(errorId);
    };
    const fail = () => this.#send(dataFrame(errorId, Buffer.from(refusalText(port, this.#pod.uid)), false));
    if (loopbackPort === undefined) {
      fail();
      close();
      return;
    }
    const connection = connectToPod(this.#pod, loopbackPort);
    pair.connection = connection;
    connection.on('data', data => this.#relay(connection, dataId, data));
    connection.once('error', fail);
    connection.once('end', () => connection.end());
    connection.once('close', close);
  }

  /** Sends what the pod says; reads no more while the client is behind. */
  #relay(connection: Socket, dataId: number, data: Buffer): void {
    this.#socket.send(dataFrame(dataId, data, false), () => {
      if (connection.isPaused() && this.#socket.bufferedAmount < HIGH_WATER) connection.resume();
    });
    if (this.#socket.bufferedAmount > HIGH_WATER) connection.pause();
  }

  #send(frame: Buffer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(frame);
  }
}

/** Forwards ports of `pod` over `socket` until the client closes it. */
export function forwardPortsBySpdy(socket: WebSocket, pod: ForwardedPod): void {
  const forward = new SpdyForward(socket, pod);
  socket.on('message', data => {
    if (Buffer.isBuffer(data)) forward.receive(data);
  });
  socket.once('close', () => forward.end());
  socket.on('error', () => socket.terminate());
}

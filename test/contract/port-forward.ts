import type { RawData, WebSocket } from 'ws';
import type { Api, Thing } from './api.ts';

/** What a port-forward sent, by channel: those with an even number are data, those with an odd one errors. */
export type Forward = {
  readonly protocol: string;
  /** All bytes of a channel so far, without the two that name its port. */
  readonly received: (channel: number) => string;
  /** The port that the first two bytes of a channel name. */
  readonly portOf: (channel: number) => number | undefined;
  readonly write: (channel: number, text: string) => void;
  readonly close: () => void;
};

/** The answer of a server that does not take the WebSocket. */
export type Refused = { readonly code: number; readonly body: Thing };

type Opened = { readonly forward: Forward } | { readonly refused: Refused };

export const CHANNEL_PROTOCOL = 'v4.channel.k8s.io';

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function forwardOver(socket: WebSocket): Forward {
  const channels = new Map<number, Buffer>();
  socket.on('message', data => {
    const bytes = bytesOf(data);
    const channel = bytes[0] ?? -1;
    channels.set(channel, Buffer.concat([channels.get(channel) ?? Buffer.alloc(0), bytes.subarray(1)]));
  });
  return {
    get protocol() {
      return socket.protocol;
    },
    received: channel => channels.get(channel)?.subarray(2).toString('latin1') ?? '',
    portOf: channel => {
      const bytes = channels.get(channel);
      return bytes && bytes.length >= 2 ? bytes.readUInt16LE(0) : undefined;
    },
    write: (channel, text) =>
      socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text, 'latin1')])),
    close: () => socket.terminate(),
  };
}

/** Asks for a port-forward to `ports` of a pod, in the protocol of channels over a WebSocket. */
export function openForward(
  api: Api,
  pod: string,
  query: string,
  protocols: readonly string[] = [CHANNEL_PROTOCOL],
): Promise<Opened> {
  const socket = api.connect(`${pod}/portforward${query}`, protocols);
  const forward = forwardOver(socket);
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ forward }));
    socket.once('error', reject);
    socket.once('unexpected-response', async (_request, response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      const isJson = response.headers['content-type']?.includes('json');
      resolve({ refused: { code: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text } });
      socket.on('error', () => {});
      socket.terminate();
    });
  });
}

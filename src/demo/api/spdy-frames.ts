/** A frame of SPDY/3.1, as far as streams of bytes need it. */
export type SpdyFrame =
  | {
      readonly type: 'syn-stream';
      readonly streamId: number;
      readonly isLast: boolean;
      readonly headers: Buffer;
    }
  /** More headers for a stream: of no use here, but they are part of the compressed sequence. */
  | { readonly type: 'headers'; readonly headers: Buffer }
  | { readonly type: 'data'; readonly streamId: number; readonly isLast: boolean; readonly data: Buffer }
  | { readonly type: 'rst-stream'; readonly streamId: number }
  | { readonly type: 'ping'; readonly id: number }
  /** The peer begins no more streams. */
  | { readonly type: 'goaway' }
  /** SETTINGS, WINDOW_UPDATE and what nobody knows: of no use here. */
  | { readonly type: 'other' };

const HEADER_BYTES = 8;
const CONTROL = 0x80;
const VERSION = 3;
const FLAG_FIN = 1;
const STREAM_MASK = 0x7fff_ffff;

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const HEADERS = 8;

function controlFrame(type: number, flags: number, payload: Buffer): SpdyFrame {
  const streamId = payload.length >= 4 ? payload.readUInt32BE(0) & STREAM_MASK : 0;
  switch (type) {
    case SYN_STREAM:
      // The stream it belongs to, its priority and its slot lie between.
      return {
        type: 'syn-stream',
        streamId,
        isLast: (flags & FLAG_FIN) !== 0,
        headers: payload.subarray(10),
      };
    case SYN_REPLY:
    case HEADERS:
      return { type: 'headers', headers: payload.subarray(4) };
    case RST_STREAM:
      return { type: 'rst-stream', streamId };
    case PING:
      return { type: 'ping', id: payload.length >= 4 ? payload.readUInt32BE(0) : 0 };
    case GOAWAY:
      return { type: 'goaway' };
    default:
      return { type: 'other' };
  }
}

function readFrame(bytes: Buffer): SpdyFrame {
  const payload = bytes.subarray(HEADER_BYTES);
  const flags = bytes.readUInt8(4);
  if ((bytes.readUInt8(0) & CONTROL) !== 0) return controlFrame(bytes.readUInt16BE(2), flags, payload);
  const streamId = bytes.readUInt32BE(0) & STREAM_MASK;
  return { type: 'data', streamId, isLast: (flags & FLAG_FIN) !== 0, data: payload };
}

/** Splits a sequence of bytes, which comes in any pieces, into frames. */
export class SpdyFrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that `bytes` complete. */
  read(bytes: Buffer): readonly SpdyFrame[] {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: SpdyFrame[] = [];
    let start = 0;
    while (all.length - start >= HEADER_BYTES) {
      const end = start + HEADER_BYTES + all.readUIntBE(start + 5, 3);
      if (all.length < end) break;
      frames.push(readFrame(all.subarray(start, end)));
      start = end;
    }
    this.#rest = all.subarray(start);
    return frames;
  }
}

function control(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt8(CONTROL, 0);
  head.writeUInt8(VERSION, 1);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Accepts a stream. `headers` is the next piece of the compressed sequence. */
export function synReply(streamId: number, headers: Buffer): Buffer {
  return control(SYN_REPLY, Buffer.concat([uint32(streamId), headers]));
}

/** Refuses a stream, or ends it before its time. */
export function rstStream(streamId: number): Buffer {
  const REFUSED_STREAM = 3;
  return control(RST_STREAM, Buffer.concat([uint32(streamId), uint32(REFUSED_STREAM)]));
}

/** Answers a ping. */
export function ping(id: number): Buffer {
  return control(PING, uint32(id));
}

/** Bytes of a stream; `isLast` ends this side of it. */
export function dataFrame(streamId: number, data: Buffer, isLast: boolean): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(streamId, 0);
  head.writeUInt8(isLast ? FLAG_FIN : 0, 4);
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
}

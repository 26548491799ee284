import { constants, createDeflate, type Deflate } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SPDY_DICTIONARY } from '../../src/demo/api/spdy-dictionary.ts';
import { dataFrame, ping, rstStream, SpdyFrameReader, synReply } from '../../src/demo/api/spdy-frames.ts';
import { EmptyHeaderWriter, SpdyHeaderReader } from '../../src/demo/api/spdy-headers.ts';

function text(value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, Buffer.from(value)]);
}

function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(headers);
  const count = Buffer.from([0, 0, 0, entries.length]);
  return Buffer.concat([count, ...entries.flatMap(([name, value]) => [text(name), text(value)])]);
}

/** The next piece of a client's compressed sequence. */
async function compress(deflate: Deflate, block: Buffer): Promise<Buffer> {
  await new Promise(resolve => deflate.write(block, resolve));
  return deflate.read() as Buffer;
}

function synStream(streamId: number, headers: Buffer): Buffer {
  const payload = Buffer.alloc(10);
  payload.writeUInt32BE(streamId);
  const head = Buffer.from([0x80, 3, 0, 1, 0, 0, 0, 10 + headers.length]);
  return Buffer.concat([head, payload, headers]);
}

describe('the frames of SPDY', () => {
  it('are read however their bytes are cut', () => {
    const bytes = Buffer.concat([
      synStream(1, Buffer.from('head')),
      dataFrame(1, Buffer.from('hello'), false),
      dataFrame(1, Buffer.alloc(0), true),
      ping(7),
      rstStream(1),
      Buffer.from([0x80, 3, 0, 9, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 1, 0]),
    ]);
    const expected = [
      { type: 'syn-stream', streamId: 1, isLast: false, headers: Buffer.from('head') },
      { type: 'data', streamId: 1, isLast: false, data: Buffer.from('hello') },
      { type: 'data', streamId: 1, isLast: true, data: Buffer.alloc(0) },
      { type: 'ping', id: 7 },
      { type: 'rst-stream', streamId: 1 },
      { type: 'other' },
    ];
    for (const size of [1, 3, 8, bytes.length]) {
      const reader = new SpdyFrameReader();
      const frames = [];
      for (let start = 0; start < bytes.length; start += size)
        frames.push(...reader.read(bytes.subarray(start, start + size)));
      expect(frames).toEqual(expected);
    }
  });
});

describe('the headers of SPDY', () => {
  it('are one compressed sequence over all streams', async () => {
    const deflate = createDeflate({ dictionary: SPDY_DICTIONARY, flush: constants.Z_SYNC_FLUSH });
    const reader = new SpdyHeaderReader();
    for (const requestid of ['0', '1', '2']) {
      const headers = { streamtype: 'data', port: '80', requestid };
      const block = await compress(deflate, headerBlock(headers));
      expect(Object.fromEntries(await reader.read(block))).toEqual(headers);
    }
    reader.close();
    deflate.destroy();
  });

  it('that cannot be read are an error, not a crash', async () => {
    const reader = new SpdyHeaderReader();
    await expect(reader.read(Buffer.from('no zlib'))).rejects.toThrow();
    reader.close();
  });

  it('that are sent hold nothing, and can be read one after the other', async () => {
    const reader = new SpdyHeaderReader();
    const writer = new EmptyHeaderWriter();
    for (const streamId of [1, 3, 5]) {
      const frame = synReply(streamId, writer.next());
      expect(frame.readUInt32BE(8)).toBe(streamId);
      expect([...(await reader.read(frame.subarray(12)))]).toEqual([]);
    }
    reader.close();
  });
});

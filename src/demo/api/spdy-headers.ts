import { createInflate, type Inflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';

/** Headers by lower-case name. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** More than any client sends. */
const MOST_BYTES = 16_384;

function parse(block: Buffer): SpdyHeaders {
  const headers = new Map<string, string>();
  let position = 0;
  const uint32 = () => {
    position += 4;
    return block.readUInt32BE(position - 4);
  };
  const text = () => {
    const length = uint32();
    position += length;
    return block.toString('utf8', position - length, position);
  };
  for (let left = Math.min(uint32(), MOST_BYTES); left > 0; left -= 1) {
    const name = text().toLowerCase();
    headers.set(name, text());
  }
  return headers;
}

/** Reads header blocks. All blocks of a connection are one compressed sequence, so they have to come in order, one at a time. */
export class SpdyHeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: SPDY_DICTIONARY });

  /** Rejects for a block that cannot be read; no other can be read after that. */
  async read(block: Buffer): Promise<SpdyHeaders> {
    await new Promise<void>((resolve, reject) => {
      this.#inflate.once('error', reject);
      this.#inflate.write(block, () => {
        this.#inflate.off('error', reject);
        resolve();
      });
    });
    const inflated: unknown = this.#inflate.read();
    return parse(Buffer.isBuffer(inflated) ? inflated : Buffer.alloc(0));
  }

  close(): void {
    this.#inflate.on('error', () => {});
    this.#inflate.destroy();
  }
}

const ZLIB_START = Buffer.from([0x78, 0x01]);

/** A block that zlib stores as it is, with no header in it; and an empty one, after which a reader has it all. */
const NO_HEADERS = Buffer.from([0x00, 0x04, 0x00, 0xfb, 0xff, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0xff, 0xff]);

/** Writes header blocks without headers, which is all that is ever sent. */
export class EmptyHeaderWriter {
  #hasStarted = false;

  next(): Buffer {
    if (this.#hasStarted) return NO_HEADERS;
    this.#hasStarted = true;
    return Buffer.concat([ZLIB_START, NO_HEADERS]);
  }
}

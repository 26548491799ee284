/** How a field is laid out: a number of any length, or bytes with their length before them. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

/** A field of bytes: a text, or a message within a message. */
export function bytesField(number: number, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint(number * 8 + BYTES), varint(bytes.length), bytes]);
}

/** A whole number, or a truth. */
export function numberField(number: number, value: number | boolean): Buffer {
  return Buffer.concat([varint(number * 8 + VARINT), varint(Number(value))]);
}

export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(number * 8 + FIXED64), bytes]);
}

/** The fields of a message, by number and in order: numbers, and bytes that are texts or messages themselves. */
export type ProtobufFields = ReadonlyMap<number, readonly (number | Buffer)[]>;

/** Reads at most ten bytes of seven bits each. */
function readVarint(bytes: Buffer, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes.readUInt8(from + index);
    value += (byte % 128) * 2 ** (7 * index);
    if (byte < 128) return { value, next: from + index + 1 };
  }
  throw new RangeError('a number that does not end');
}

function readValue(bytes: Buffer, from: number, layout: number) {
  switch (layout) {
    case VARINT:
      return readVarint(bytes, from);
    case BYTES: {
      const { value: length, next } = readVarint(bytes, from);
      if (next + length > bytes.length) throw new RangeError('a field that does not end');
      return { value: bytes.subarray(next, next + length), next: next + length };
    }
    case FIXED32:
      return { value: bytes.readUInt32LE(from), next: from + 4 };
    case FIXED64:
      return { value: Number(bytes.readBigUInt64LE(from)), next: from + 8 };
    default:
      throw new RangeError(`a field of layout ${layout}`);
  }
}

/** Reads one message. Throws a RangeError for bytes that are none. */
export function readProtobuf(bytes: Buffer): ProtobufFields {
  const fields = new Map<number, (number | Buffer)[]>();
  let at = 0;
  while (at < bytes.length) {
    const { value: tag, next } = readVarint(bytes, at);
    const field = readValue(bytes, next, tag % 8);
    const number = Math.floor(tag / 8);
    fields.set(number, [...(fields.get(number) ?? []), field.value]);
    at = field.next;
  }
  return fields;
}

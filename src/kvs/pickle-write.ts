/** What can be written as a pickle: tuples are what `tuple` has made, lists are arrays. */
export type Pickled = null | number | Uint8Array | Tuple | readonly Pickled[];

/** A tuple of Python's. */
export class Tuple {
  readonly items: readonly Pickled[];

  constructor(items: readonly Pickled[]) {
    this.items = items;
  }
}

/** A tuple of these. */
export function tuple(...items: readonly Pickled[]): Tuple {
  return new Tuple(items);
}

/** The first protocol that has bytes. */
const PROTOCOL = 3;

/** A pickle of plain data, which any Python 3 reads. Numbers are whole and not negative. */
export function writePickle(value: Pickled): Buffer {
  const parts: Uint8Array[] = [Buffer.of(0x80, PROTOCOL)];
  write(value, parts);
  parts.push(Buffer.from("."));
  return Buffer.concat(parts);
}

function write(value: Pickled, parts: Uint8Array[]): void {
  if (value === null) parts.push(Buffer.from("N"));
  else if (typeof value === "number") parts.push(encodeInt(value));
  else if (value instanceof Uint8Array) parts.push(bytesHead(value.length), value);
  else if (value instanceof Tuple) {
    parts.push(Buffer.from("("));
    for (const item of value.items) write(item, parts);
    parts.push(Buffer.from("t"));
  } else {
    parts.push(Buffer.from("]("));
    for (const item of value) write(item, parts);
    parts.push(Buffer.from("e"));
  }
}

function encodeInt(value: number): Buffer {
  if (value < 0x100) return Buffer.of(0x4b, value);
  const bytes = Buffer.alloc(value < 0x8000_0000 ? 5 : 10);
  if (bytes.length === 5) {
    bytes.write("J");
    bytes.writeInt32LE(value, 1);
  } else {
    bytes.writeUInt8(0x8a);
    bytes.writeUInt8(8, 1);
    bytes.writeBigInt64LE(BigInt(value), 2);
  }
  return bytes;
}

function bytesHead(length: number): Buffer {
  if (length < 0x100) return Buffer.of(0x43, length);
  const head = Buffer.alloc(5);
  head.write("B");
  head.writeUInt32LE(length, 1);
  return head;
}

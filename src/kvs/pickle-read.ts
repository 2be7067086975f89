/** Plain data of a pickle: None, whole numbers, text, bytes, and sequences (lists and tuples). */
export type Unpickled = null | boolean | number | string | Uint8Array | readonly Unpickled[];

/** A pickle that is not plain data, or is cut off. */
class PickleError extends Error {}

/** Opcodes, by what they are called in Python's `pickletools`. */
const OP = {
  PROTO: 0x80,
  FRAME: 0x95,
  STOP: 0x2e,
  MARK: 0x28,
  NONE: 0x4e,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  LONG1: 0x8a,
  SHORT_BINBYTES: 0x43,
  BINBYTES: 0x42,
  BINBYTES8: 0x8e,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE: 0x58,
  BINUNICODE8: 0x8d,
  EMPTY_LIST: 0x5d,
  EMPTY_TUPLE: 0x29,
  APPEND: 0x61,
  APPENDS: 0x65,
  TUPLE: 0x74,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  MEMOIZE: 0x94,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
} as const;

/**
 * Reads a pickle of plain data. Nothing is ever looked up, called or made by name: an opcode that does so is refused.
 *
 * @throws Error where it is anything else, or cut off.
 */
export function readPickle(bytes: Uint8Array): Unpickled {
  return new PickleReader(bytes).read();
}

class PickleReader {
  readonly #bytes: Buffer;
  #at = 0;
  readonly #stack: Unpickled[] = [];
  /** Heights of the stack. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Unpickled>();

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): Unpickled {
    for (;;) {
      const op = this.#byte();
      if (op === OP.STOP) return this.#pop();
      this.#do(op);
    }
  }

  #do(op: number): void {
    switch (op) {
      case OP.PROTO:
        this.#byte();
        return;
      case OP.FRAME:
        this.#take(8);
        return;
      case OP.MARK:
        this.#marks.push(this.#stack.length);
        return;
      case OP.NONE:
        return this.#push(null);
      case OP.NEWTRUE:
      case OP.NEWFALSE:
        return this.#push(op === OP.NEWTRUE);
      case OP.BININT:
        return this.#push(this.#take(4).readInt32LE());
      case OP.BININT1:
        return this.#push(this.#byte());
      case OP.BININT2:
        return this.#push(this.#take(2).readUInt16LE());
      case OP.LONG1:
        return this.#push(longOf(this.#take(this.#byte())));
      case OP.SHORT_BINBYTES:
        return this.#push(this.#take(this.#byte()));
      case OP.BINBYTES:
        return this.#push(this.#take(this.#length4()));
      case OP.BINBYTES8:
        return this.#push(this.#take(this.#length8()));
      case OP.SHORT_BINUNICODE:
        return this.#push(this.#take(this.#byte()).toString("utf8"));
      case OP.BINUNICODE:
        return this.#push(this.#take(this.#length4()).toString("utf8"));
      case OP.BINUNICODE8:
        return this.#push(this.#take(this.#length8()).toString("utf8"));
      default:
        return this.#doSequence(op);
    }
  }

  #doSequence(op: number): void {
    switch (op) {
      case OP.EMPTY_LIST:
      case OP.EMPTY_TUPLE:
        return this.#push([]);
      case OP.APPEND:
        return this.#append([this.#pop()]);
      case OP.APPENDS:
        return this.#append(this.#sinceMark());
      case OP.TUPLE:
        return this.#push(this.#sinceMark());
      case OP.TUPLE1:
      case OP.TUPLE2:
      case OP.TUPLE3:
        return this.#push(this.#last(op - OP.TUPLE1 + 1));
      default:
        return this.#doMemo(op);
    }
  }

  #doMemo(op: number): void {
    switch (op) {
      case OP.MEMOIZE:
        return this.#remember(this.#memo.size);
      case OP.BINPUT:
        return this.#remember(this.#byte());
      case OP.LONG_BINPUT:
        return this.#remember(this.#length4());
      case OP.BINGET:
        return this.#recall(this.#byte());
      case OP.LONG_BINGET:
        return this.#recall(this.#length4());
      default:
        throw new PickleError(`it is no plain data: opcode 0x${op.toString(16)} at byte ${this.#at - 1}`);
    }
  }

  #push(value: Unpickled): void {
    this.#stack.push(value);
  }

  #pop(): Unpickled {
    const value = this.#stack.pop();
    if (value === undefined) throw new PickleError("its stack is empty");
    return value;
  }

  #last(count: number): Unpickled[] {
    if (this.#stack.length < count) throw new PickleError("its stack is empty");
    return this.#stack.splice(-count);
  }

  #sinceMark(): Unpickled[] {
    const mark = this.#marks.pop();
    if (mark === undefined || mark > this.#stack.length) throw new PickleError("it has no mark");
    return this.#stack.splice(mark);
  }

  #append(values: readonly Unpickled[]): void {
    const list = this.#stack.at(-1);
    if (!Array.isArray(list)) throw new PickleError("it appends to what is no list");
    for (const value of values) list.push(value);
  }

  #remember(index: number): void {
    const value = this.#stack.at(-1);
    if (value === undefined) throw new PickleError("its stack is empty");
    this.#memo.set(index, value);
  }

  #recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleError("it recalls what it has not remembered");
    this.#push(value);
  }

  #byte(): number {
    return this.#take(1).readUInt8();
  }

  #length4(): number {
    return this.#take(4).readUInt32LE();
  }

  #length8(): number {
    return Number(this.#take(8).readBigUInt64LE());
  }

  #take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new PickleError("it is cut off");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** A number of Python's, least significant byte first, with a sign. */
function longOf(bytes: Buffer): number {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = value * 256n + BigInt(byte);
  return Number(BigInt.asIntN(bytes.length * 8, value));
}

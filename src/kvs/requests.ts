import { isUtf8 } from "node:buffer";
import { ByteQueue } from "../domain/byte-queue.ts";
import type { KvsValue } from "./key-values.ts";
import { formatLength, LENGTH, ownBytes, ProtocolError, readLength, WORD } from "./protocol.ts";

/** One thing that a client asks of a server. */
export type KvsRequest =
  | { readonly type: "put"; readonly key: string; readonly value: KvsValue }
  | { readonly type: "get" | "view"; readonly key: string }
  /** @property what `KEY:EVENTS`, as the client has written it. */
  | { readonly type: "monitor"; readonly monitorKey: string; readonly what: string }
  | { readonly type: "dump" | "close" | "shutdown" };

/** The longest key and value that are accepted, in bytes. */
export interface RequestLimits {
  readonly keyBytes: number;
  readonly valueBytes: number;
}

const OPERATIONS = {
  put_: "put",
  get_: "get",
  view: "view",
  mkey: "monitor",
  dump: "dump",
  clos: "close",
  down: "shutdown",
} as const;

/** What a key holds, and where the bytes behind it begin. */
interface ReadKey {
  readonly key: string;
  readonly end: number;
}

/** Cuts what arrives into requests, each when it is asked for; pure. What breaks the rules is found as soon as its bytes are there. */
export class RequestParser {
  readonly #limits: RequestLimits;
  readonly #bytes = new ByteQueue();

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** Bytes of memory that half a request holds. */
  get held(): number {
    return this.#bytes.held;
  }

  /** Whether the bytes end in the middle of a request. */
  get isInside(): boolean {
    return this.#bytes.length > 0;
  }

  /** Takes a piece of what arrives, which must not be changed afterwards. */
  push(piece: Buffer): void {
    this.#bytes.push(piece);
  }

  /** The next request; undefined when it has not arrived whole. @throws ProtocolError. */
  next(): KvsRequest | undefined {
    if (this.#bytes.length < WORD) return undefined;
    const word = this.#bytes.look(0, WORD).toString("latin1");
    if (!isOperation(word)) throw new ProtocolError(`unknown operation ${JSON.stringify(word)}`);
    const type = OPERATIONS[word];
    switch (type) {
      case "put":
        return this.#put();
      case "monitor":
        return this.#monitor();
      case "get":
      case "view":
        return this.#ask(type);
      case "dump":
      case "close":
      case "shutdown":
        this.#bytes.skip(WORD);
        return { type };
      default:
        return type satisfies never;
    }
  }

  #ask(type: "get" | "view"): KvsRequest | undefined {
    const read = this.#key(WORD);
    if (read === undefined) return undefined;
    this.#bytes.skip(read.end);
    return { type, key: read.key };
  }

  #put(): KvsRequest | undefined {
    const length = this.#length(WORD, this.#limits.keyBytes, "a key");
    if (length === undefined) return undefined;
    const encodingAt = WORD + LENGTH + length;
    const valueLength = this.#length(encodingAt + WORD, this.#limits.valueBytes, "a value");
    const from = encodingAt + WORD + LENGTH;
    // The key is read as soon as it is there, so that one that is no text is found before its value has come.
    if (valueLength === undefined || this.#bytes.length < from + valueLength) {
      if (valueLength !== undefined) this.#text(WORD + LENGTH, length);
      return undefined;
    }
    const key = this.#text(WORD + LENGTH, length);
    const encoding = this.#bytes.look(encodingAt, WORD).toString("latin1");
    const bytes = ownBytes(this.#bytes.look(from, valueLength));
    this.#bytes.skip(from + valueLength);
    return { type: "put", key, value: { encoding, bytes } };
  }

  #monitor(): KvsRequest | undefined {
    const monitorKey = this.#key(WORD);
    if (monitorKey === undefined) return undefined;
    const what = this.#key(monitorKey.end);
    if (what === undefined) return undefined;
    this.#bytes.skip(what.end);
    return { type: "monitor", monitorKey: monitorKey.key, what: what.key };
  }

  #key(offset: number): ReadKey | undefined {
    const length = this.#length(offset, this.#limits.keyBytes, "a key");
    if (length === undefined || this.#bytes.length < offset + LENGTH + length) return undefined;
    return { key: this.#text(offset + LENGTH, length), end: offset + LENGTH + length };
  }

  #length(offset: number, most: number, what: string): number | undefined {
    return this.#bytes.length < offset + LENGTH ? undefined : readLength(this.#bytes, offset, most, what);
  }

  #text(offset: number, length: number): string {
    const bytes = this.#bytes.look(offset, length);
    if (!isUtf8(bytes)) throw new ProtocolError("a key is no text (UTF-8)");
    return bytes.toString("utf8");
  }
}

/** The bytes of a request. The value of a `put` stays where it is. */
export function encodeRequest(request: KvsRequest): Uint8Array[] {
  switch (request.type) {
    case "put":
      return [
        Buffer.concat([Buffer.from("put_"), encodeKey(request.key), encodeHead(request.value)]),
        request.value.bytes,
      ];
    case "get":
      return [Buffer.concat([Buffer.from("get_"), encodeKey(request.key)])];
    case "view":
      return [Buffer.concat([Buffer.from("view"), encodeKey(request.key)])];
    case "monitor":
      return [Buffer.concat([Buffer.from("mkey"), encodeKey(request.monitorKey), encodeKey(request.what)])];
    case "dump":
      return [Buffer.from("dump")];
    case "close":
      return [Buffer.from("clos")];
    case "shutdown":
      return [Buffer.from("down")];
    default:
      return request satisfies never;
  }
}

/** What stands in front of the bytes of a value: its encoding and its length. */
export function encodeHead({ encoding, bytes }: KvsValue): Buffer {
  return Buffer.from(`${encoding}${formatLength(bytes.length)}`, "latin1");
}

function encodeKey(key: string): Buffer {
  const bytes = Buffer.from(key);
  return Buffer.concat([Buffer.from(formatLength(bytes.length)), bytes]);
}

function isOperation(word: string): word is keyof typeof OPERATIONS {
  return Object.hasOwn(OPERATIONS, word);
}

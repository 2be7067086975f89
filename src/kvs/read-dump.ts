import type { DumpedKey, KvsDump } from "../domain/kvs-dump.ts";
import { readPickle, type Unpickled } from "./pickle-read.ts";

/** Reads the answer to `dump`. @throws Error where it is no plain data, or says something else. */
export function readDump(pickle: Uint8Array): KvsDump {
  const [counts, waiting, keys] = listOf(readPickle(pickle), "a tuple");
  const [gets, puts, views, waits, , served] = listOf(counts, "counts").map(numberOf);
  return {
    counts: { gets: gets ?? 0, puts: puts ?? 0, views: views ?? 0, waits: waits ?? 0, served: served ?? 0 },
    waiting: listOf(waiting, "waiters").map((pair) => {
      const [key, waiters] = listOf(pair, "a pair");
      return { key: textOf(key), waiters: numberOf(waiters) };
    }),
    keys: listOf(keys, "keys").map(keyOf),
  };
}

function keyOf(triple: Unpickled): DumpedKey {
  const [key, values, last] = listOf(triple, "a key");
  const [encoding, value, length] = listOf(last, "a value");
  const isWhole = length === undefined;
  const bytes = value === null || value === undefined ? undefined : bytesOf(value);
  return {
    key: textOf(key),
    values: numberOf(values),
    encoding: textOf(encoding),
    length: isWhole ? (bytes?.length ?? 0) : numberOf(length),
    text: bytes?.toString("utf8"),
    isWhole,
  };
}

function listOf(value: Unpickled | undefined, what: string): readonly Unpickled[] {
  if (isList(value)) return value;
  throw new Error(`the dump has no ${what} where there should be`);
}

function isList(value: Unpickled | undefined): value is readonly Unpickled[] {
  return Array.isArray(value);
}

function numberOf(value: Unpickled | undefined): number {
  if (typeof value === "number") return value;
  throw new Error("the dump has no number where there should be one");
}

function textOf(value: Unpickled | undefined): string {
  return bytesOf(value).toString("utf8");
}

function bytesOf(value: Unpickled | undefined): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (typeof value === "string") return Buffer.from(value);
  throw new Error("the dump has no text where there should be");
}

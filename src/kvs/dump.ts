import type { KvsValue } from "./key-values.ts";
import { type Pickled, tuple, writePickle } from "./pickle-write.ts";
import type { KvsContents } from "./store.ts";

/** Bytes of text that are told whole, and what is told of the beginning and the end of a longer one. */
const SHORT_TEXT = 50;
const BEGINNING = 24;
const ENDING = 23;

/** Bytes of JSON and HTML that are told whole: a dump is not to repeat what is kept. */
const SHORT_DOCUMENT = 64 * 1024;

/** What a store holds, as the pickle that clients expect as the answer to `dump`. */
export function pickleContents({ counts, waiting, keys }: KvsContents): Buffer {
  const { gets, puts, views, waits, served } = counts;
  return writePickle(
    tuple(
      [gets, puts, views, waits, waits, served],
      waiting.map(({ key, waiters }) => tuple(Buffer.from(key), waiters)),
      keys.map(({ key, values, last }) => tuple(Buffer.from(key), values, lastValue(last))),
    ),
  );
}

function lastValue({ encoding, bytes }: KvsValue): Pickled {
  const code = Buffer.from(encoding, "latin1");
  const isText = encoding === "ASTR";
  const isDocument = encoding === "JSON" || encoding === "HTML";
  const whole = isText ? SHORT_TEXT : isDocument ? SHORT_DOCUMENT : -1;
  if (bytes.length <= whole) return tuple(code, bytes);
  return tuple(code, isText ? shortened(bytes) : null, bytes.length);
}

function shortened(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, BEGINNING), Buffer.from("..."), bytes.subarray(-ENDING)]);
}

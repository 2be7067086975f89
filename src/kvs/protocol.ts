/** What stands on the wire of a key-value server, whichever way it goes. docs/kvs.md describes all of it. */

import type { ByteQueue } from "../domain/byte-queue.ts";

/** Bytes of an operation, and of an encoding. */
export const WORD = 4;
/** Bytes of a length. */
export const LENGTH = 10;

/** Something on the wire that breaks the rules, in words. Nothing after it can be trusted. */
export class ProtocolError extends Error {}

/** A length as it stands on the wire: ten characters, right-aligned. */
export function formatLength(length: number): string {
  return String(length).padStart(LENGTH);
}

/**
 * The length that stands at an offset, ten bytes that have to be there.
 *
 * @param most bytes that are allowed.
 * @param what it is the length of, for the message.
 * @throws ProtocolError for one that is no number, or above the limit.
 */
export function readLength(bytes: ByteQueue, offset: number, most: number, what: string): number {
  const text = bytes.look(offset, LENGTH).toString("latin1");
  const [, digits] = /^ *([0-9]+) *$/.exec(text) ?? [];
  if (digits === undefined) throw new ProtocolError(`the length of ${what} is no number: ${JSON.stringify(text)}`);
  const length = Number(digits);
  if (length > most) throw new ProtocolError(`${what} of ${length} bytes is over the limit of ${most}`);
  return length;
}

/** A copy of bytes of their own, so that a short value does not keep a long piece of what has arrived. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}

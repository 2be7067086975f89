import type { Leak } from "../../domain/result.ts";

/** Drivers take no longer snippet; a path may be longer. Characters. */
export const LONGEST_TEXT = 512;

/** What a task wrote, and what there is to say of that. */
export function noted({ bytes, snippet }: Leak, note: string): Leak {
  const text = `${snippet === "" || snippet.endsWith("\n") ? "" : "\n"}disbatch: ${note}`;
  return { bytes: bytes + Buffer.byteLength(text), snippet: (snippet + text).slice(0, LONGEST_TEXT) };
}

/**
 * A number that is another one for other bytes, nearly always (FNV-1a). @returns a whole number of 32 bits.
 *
 * @param prime with another one the number is another one, too.
 */
export function hashOf(bytes: Uint8Array, from: number, to: number, prime = 0x01000193): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), prime);
  return hash | 0;
}

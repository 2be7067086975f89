import type { Span } from "./viewport.ts";
import { lengthOf } from "./viewport.ts";

/** Slots that have room for a lane each at once. */
const FEW = 256;
/** Lanes of slots that the server makes. */
const MOST = 1024;
/** Share of the whole below which slots are looked at one by one. */
const CLOSE = 1 / 8;

/** What lanes are, where nobody has said: nodes while there are many slots, until a short span is looked at. */
export function lanesFor(slots: number, seen: Span, whole: Span): "slot" | "node" {
  if (slots <= FEW) return "slot";
  return slots <= MOST && lengthOf(seen) <= lengthOf(whole) * CLOSE ? "slot" : "node";
}

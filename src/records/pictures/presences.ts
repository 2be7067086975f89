import type { Engine } from "../../domain/engine.ts";
import type { PicturedRun } from "./pictured-run.ts";

/** From when to when an engine was in the run. */
interface Presence {
  readonly engine: Engine;
  readonly from: number;
  readonly to: number;
}

/** All engines by their ranks, and when they were there: from the start of the run where nobody knows, until now if they have not gone. */
export function presences({ engines, started, until }: PicturedRun): Presence[] {
  // `flatMap` leaves out the gaps of an array.
  return engines.flatMap(({ engine, joined, gone }) => {
    const from = Math.min(Math.max(joined ?? started, started), until);
    return { engine, from, to: Math.max(from, Math.min(gone ?? until, until)) };
  });
}

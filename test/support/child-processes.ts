import { readdirSync } from "node:fs";
import { parentOf } from "./process-table.ts";

/** Process ids of those that a process has started and that are not yet gone. */
export function childrenOf(parent: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

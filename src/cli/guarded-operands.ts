import type { GivenOption } from "./command-line.ts";
import { mayTakeValue } from "./program-options.ts";

/** Operands that are taken for nothing else. @param last option before them. */
export function guarded(operands: readonly string[], last: GivenOption | undefined): readonly string[] {
  const [first] = operands;
  if (first === undefined) return [];
  // Else it would be taken for an option, or for the value of one.
  const isMistaken = (first.startsWith("-") && first !== "-") || (last !== undefined && mayTakeValue(last));
  return isMistaken ? ["--", ...operands] : operands;
}

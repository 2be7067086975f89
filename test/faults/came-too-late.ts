import type { DisbatchRun, Exit } from "../support/run-disbatch.ts";

/** A driver was killed when its run had ended already: the one that was to take the run up says so, and nothing is left to do. */
export function cameTooLate({ code }: Pick<Exit, "code">, successor: DisbatchRun | undefined): boolean {
  return code === 2 && /has ended \(done\)|no run of that prefix was cut off/.test(successor?.stderr() ?? "");
}

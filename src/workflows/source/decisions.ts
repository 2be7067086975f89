import type { RunReason } from "../../domain/run-reason.ts";
import type { Instance } from "../graph/instance.ts";
import type { ReusedRun } from "./checks.ts";

/** Is told what is decided about instances, each at the latest before it is given out. It may come twice where a run is taken up. */
export interface Decisions {
  /** Not told of a first run: all of its instances run for the first time. */
  runs(instance: Instance, reason: RunReason): void;
  reused(instance: Instance, from: ReusedRun): void;
  /** Others were to make the file. @param path as the document has it. */
  missing(instance: Instance, path: string): void;
}

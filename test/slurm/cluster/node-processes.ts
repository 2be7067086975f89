import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import path from "node:path";
import { isAlive } from "../../support/process-table.ts";
import { type NodeName, STATE_FOLDER } from "./cluster.ts";

/** A living process of a node. */
export interface NodeProcess {
  /** As the machine of the test counts, not the node. */
  readonly pid: number;
  /** Its command line, arguments separated by blanks. */
  readonly command: string;
}

/** What runs on a node apart from its first process and slurmd; nothing when the node is down. */
export function processesOf(node: NodeName): NodeProcess[] {
  const init = contents(path.join(STATE_FOLDER, node, "init")).trim();
  const table = processTableOf(init);
  if (table === "") return [];
  return readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid) && pid !== init && processTableOf(pid) === table && isAlive(Number(pid)))
    .filter((pid) => contents(`/proc/${pid}/comm`) !== "slurmd\n")
    .map((pid) => ({ pid: Number(pid), command: contents(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() }))
    .filter(({ command }) => command !== "");
}

/** True for Slurm's own process that looks after one step of a job. */
export function isStepKeeper({ command }: NodeProcess): boolean {
  return command.startsWith("slurmstepd:");
}

// A process may end between any two looks at it: what is gone reads as empty.

function processTableOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

function contents(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

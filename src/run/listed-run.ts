import { hostname } from "node:os";
import { statSync } from "node:fs";
import type { RunEnd } from "../domain/events.ts";
import { isOwnFile } from "../files/own-file.ts";
import { journalEnds } from "../records/journal/ends.ts";
import { loadStatusFiles } from "../records/statusfile/load.ts";
import type { RunFiles } from "./files/run-files.ts";
import { hasDied, lockHolder } from "./files/run-lock.ts";
import { readRecovery } from "./files/recovery-file.ts";

/**
 * What a run is doing, as its files tell.
 *
 * - `running`: its driver is there, or was when it could last be seen, on another host.
 * - `ended`: it came to its end.
 * - `driver-died`: its driver is gone, and the run can be recovered.
 * - `cut-off`: its driver is gone, and so is what a recovery needs.
 */
type ListedState = "running" | "ended" | "driver-died" | "cut-off";

/** A run as a list shows it. Times are Unix times in seconds. */
export interface ListedRun {
  readonly prefix: string;
  readonly state: ListedState;
  /** How it ended; undefined for a run that has no journal, as one of disBatch. */
  readonly reason?: RunEnd | undefined;
  /** Where its driver is, or was: of a run that goes on or can be recovered. */
  readonly host?: string | undefined;
  /** The Slurm job that a run was part of whose driver has died. */
  readonly slurmJob?: string | undefined;
  /** Tasks that have an outcome in its status file, those of earlier runs included; of a document, instances that have one by now. */
  readonly done: number;
  readonly failed: number;
  /** Instances of a document that are blocked. */
  readonly blocked?: number | undefined;
  /** All tasks, when that is known; of a document, all instances but those that are skipped. */
  readonly total?: number | undefined;
  readonly began?: number | undefined;
  /** When something was last recorded. */
  readonly last?: number | undefined;
}

/**
 * Where a run stands, by its files alone: nobody is asked, and nothing is changed.
 *
 * @param known what its status file says, of whoever has read it already.
 * @param isOver it has said so: its driver has its lock for as long as notices take.
 */
export function listedRun(
  files: RunFiles,
  known?: Pick<ListedRun, "done" | "failed">,
  isOver: boolean = false,
): ListedRun {
  const { started, last } = journalEnds(files.journal);
  const end = last?.type === "run-ended" ? last.reason : undefined;
  const state = stateOf(files, { end, hasJournal: last !== undefined, isOver });
  const counts = known ?? countsIn(files.status);
  return {
    prefix: files.prefix,
    ...state,
    ...counts,
    total: started?.total ?? (state.reason === "done" ? counts.done : undefined),
    began: started?.time,
    last: lastChange(files) ?? last?.time,
  };
}

/** What is known of the end of a run. */
interface KnownEnd {
  readonly end: RunEnd | undefined;
  readonly hasJournal: boolean;
  readonly isOver: boolean;
}

function stateOf(
  { lock, recovery, prefix }: RunFiles,
  { end, hasJournal, isOver }: KnownEnd,
): Pick<ListedRun, "state" | "reason" | "host" | "slurmJob"> {
  const holder = lockHolder(lock);
  if (!isOver && holder !== undefined && !hasDied(holder, hostname())) return { state: "running", host: holder.host };
  // One whose list of tasks was not what it should have been may be given the right one.
  if (end !== undefined && (end !== "source-failed" || !isOwnFile(recovery))) return { state: "ended", reason: end };
  try {
    const { host, slurmJob } = readRecovery(recovery, prefix);
    return { state: "driver-died", host, slurmJob };
  } catch {
    return { state: hasJournal || holder !== undefined ? "cut-off" : "ended" };
  }
}

/** A file that cannot be read tells of no task. */
function countsIn(status: string): Pick<ListedRun, "done" | "failed"> {
  try {
    const index = loadStatusFiles([status], { onWarning: () => undefined });
    const { size: done, failures: failed } = index;
    index.close();
    return { done, failed };
  } catch {
    return { done: 0, failed: 0 };
  }
}

function lastChange({ status, journal }: RunFiles): number | undefined {
  const times = [status, journal].flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? [] : [stat.mtimeMs / 1000];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

import type { Environment } from "../../domain/environment.ts";
import { printable } from "../../domain/printable.ts";
import type { FailureKind } from "../../domain/watch.ts";
import { formatEnding } from "../terminal/text.ts";
import type { NotedRun } from "./noted-run.ts";

/** What a command is run for. */
export type HookEvent = "failure" | "end";

/** Kinds that a command is told of: the environment of a process has little room. */
const MOST_KINDS = 50;

/** What the command of `--on-failure` and `--on-end` finds in its environment. Lists have a line for each entry, and tabs in it. */
export function hookEnvironment(run: NotedRun, event: HookEvent): Environment {
  const { files, taskFileName, counts } = run;
  const { expected: total, succeeded, failed, skipped, running, reason } = counts;
  const hasEnded = event === "end";
  return {
    DISBATCH_EVENT: event,
    DISBATCH_JOBID: files.jobId,
    DISBATCH_NAMETASKS: taskFileName,
    DISBATCH_PREFIX: files.prefix,
    DISBATCH_STATUS_FILE: files.status,
    DISBATCH_JOURNAL: files.journal,
    DISBATCH_LOG: files.log,
    DISBATCH_TOTAL: total === undefined ? "" : String(total),
    DISBATCH_SUCCEEDED: String(succeeded),
    DISBATCH_FAILED: String(failed),
    DISBATCH_SKIPPED: String(skipped),
    DISBATCH_RUNNING: String(running),
    DISBATCH_REASON: hasEnded ? (reason ?? "") : "",
    DISBATCH_GO_ON: hasEnded ? (run.wayOn()?.command ?? "") : "",
    DISBATCH_KINDS: kindLines(counts.kinds.list()),
  };
}

function kindLines(kinds: readonly FailureKind[]): string {
  return kinds
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MOST_KINDS)
    .map(({ count, example, node, ending, text, isOther }) =>
      [String(count), String(example), node, isOther ? "other" : formatEnding(ending), text].map(printable).join("\t"),
    )
    .join("\n");
}

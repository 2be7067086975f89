import { closeSync } from "node:fs";
import * as v from "valibot";
import { parseJson } from "../../domain/json.ts";
import { CHANGED_PARTS } from "../../domain/run-reason.ts";
import { openOwnFile } from "../../files/own-file.ts";
import { historyLines } from "./history-lines.ts";
import type { DecisionRecord, MoreRecord } from "./record.ts";

/** What was decided in a run. */
export interface PastDecision {
  /** Number of the run. */
  readonly run: number;
  readonly decision: DecisionRecord | MoreRecord;
}

const Names = v.array(v.string());
const MaybeText = v.optional(v.string());
const ChangeSchema = v.object({
  part: v.picklist(CHANGED_PARTS),
  name: MaybeText,
  path: MaybeText,
  how: v.picklist(["changed", "missing", "new", "gone", "newer"]),
  before: MaybeText,
  after: MaybeText,
});
const ReasonSchema = v.variant("kind", [
  v.object({ kind: v.picklist(["never", "failed", "forced"]) }),
  v.object({ kind: v.literal("changed"), changes: v.array(ChangeSchema) }),
  v.object({ kind: v.literal("again"), instance: MaybeText }),
]);
const DecisionSchema = v.variant("type", [
  v.object({ type: v.literal("why"), reason: ReasonSchema, instances: Names }),
  v.object({ type: v.literal("reused"), run: v.number(), instances: Names }),
  v.object({ type: v.literal("missing"), path: v.string(), instances: Names }),
  v.object({ type: v.literal("more") }),
]);
const RunSchema = v.object({ type: v.literal("run"), run: v.number() });

const RUN = '{"type":"run"';
const MORE = '{"type":"more"';
const DECISIONS = [MORE, '{"type":"why"', '{"type":"reused"', '{"type":"missing"'];

/** Whether a line of the file is such a record, by its first characters: there may be many, and only few want to read them. */
export function isDecision(line: string): boolean {
  return DECISIONS.some((start) => line.startsWith(start));
}

/**
 * Reads what was decided about an instance, in the order of the runs, and in which of them there was more than is kept. What is no such record passes without a word.
 *
 * @param path of the history of the workflow.
 * @returns nothing where that cannot be read.
 */
export function decisionsOf(path: string, instance: string): readonly PastDecision[] {
  const found: PastDecision[] = [];
  const named = JSON.stringify(instance);
  eachDecision(
    path,
    (line) => line.startsWith(MORE) || line.includes(named),
    (past) => {
      if (past.decision.type === "more" || past.decision.instances.includes(instance)) found.push(past);
    },
  );
  return found;
}

/**
 * Reads what was decided about all instances of a run.
 *
 * @param path of the history of the workflow.
 */
export function decisionsIn(path: string, run: number): readonly (DecisionRecord | MoreRecord)[] {
  const found: (DecisionRecord | MoreRecord)[] = [];
  eachDecision(
    path,
    (_, at) => at === run,
    ({ decision }) => found.push(decision),
  );
  return found;
}

function eachDecision(
  path: string,
  isWanted: (line: string, run: number) => boolean,
  take: (past: PastDecision) => void,
): void {
  let fd: number;
  try {
    fd = openOwnFile(path, "others");
  } catch {
    return;
  }
  try {
    let run = 0;
    for (const line of historyLines(fd)) {
      if (line.startsWith(RUN)) {
        const parsed = v.safeParse(RunSchema, parseJson(line));
        if (parsed.success) ({ run } = parsed.output);
      } else if (isDecision(line) && isWanted(line, run)) {
        const parsed = v.safeParse(DecisionSchema, parseJson(line));
        if (parsed.success) take({ run, decision: parsed.output });
      }
    }
  } finally {
    closeSync(fd);
  }
}

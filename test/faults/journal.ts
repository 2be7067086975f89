import { existsSync } from "node:fs";
import type { Workspace } from "../support/workspace.ts";

/** A line of the journal, as far as it counts here. */
export interface JournalLine {
  readonly e?: string;
  readonly id?: number;
  readonly try?: number;
  readonly pid?: number;
  readonly uid?: string;
  readonly why?: string;
}

/** The journal of the run `run`, but for a last line that is not whole yet; nothing when there is none. */
export function readJournal(workspace: Workspace): JournalLine[] {
  if (!existsSync(workspace.path("run_journal.jsonl"))) return [];
  const lines = workspace.read("run_journal.jsonl").split("\n").slice(0, -1);
  return lines.map((line): JournalLine => JSON.parse(line));
}

import type { Workspace } from "../support/workspace.ts";

/** An engine of a run, as the journal has it. */
export interface JoinedEngine {
  readonly node: string;
  readonly slots: number;
  readonly context: string;
}

/** Engines that have joined the run of the prefix `run`, in the order of their arrival. */
export function enginesOf(work: Workspace): JoinedEngine[] {
  return linesOf(work)
    .filter(({ e }) => e === "engine-joined")
    .map(({ node, slots, ctx }) => ({ node: String(node), slots: Number(slots), context: String(ctx) }));
}

/** What the run of the prefix `run` has noted in its log and nowhere else. */
export function notesOf(work: Workspace): string[] {
  return linesOf(work)
    .filter(({ e }) => e === "note")
    .map(({ text }) => String(text));
}

/** Names of all events of the run of the prefix `run`, in order. */
export function eventsOf(work: Workspace): string[] {
  return linesOf(work).map(({ e }) => String(e));
}

function linesOf(work: Workspace): Record<string, unknown>[] {
  const lines = work.read("run_journal.jsonl").split("\n").slice(0, -1);
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}

import { existsSync } from "node:fs";
import { readJournal } from "../../records/journal/read.ts";
import type { Axis } from "../../workflows/document/workflow.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import type { PastRun } from "../../workflows/history/history.ts";
import { isSameAbout } from "../../workflows/history/past-documents.ts";
import type { RunRecord } from "../../workflows/history/record.ts";
import type { RunFiles } from "../files/run-files.ts";

interface Numbered {
  readonly about: Pick<RunRecord, "document" | "file" | "params">;
  readonly goals: readonly string[];
  readonly force: readonly string[];
  readonly basis: Pick<Basis, "growth"> & { readonly workflow: { readonly axes: ReadonlyArray<Pick<Axis, "kind">> } };
  /** The runs before, in order. */
  readonly runs: readonly PastRun[];
  readonly files: Pick<RunFiles, "journal">;
}

/**
 * The first id of a run's instances: that of the run before where all instances are numbered alike, so that each keeps its id;
 * otherwise one above all ids that tasks of the prefix have ever had.
 */
export function firstIdOf(numbered: Numbered): number {
  const { runs, files } = numbered;
  const last = runs.at(-1);
  if (last === undefined) return 0;
  if (areAlike(numbered, last)) return last.firstId;
  const known = runs.reduce((most, { idsEnd }) => Math.max(most, idsEnd), 0);
  // Instances that came later have ids above those: where the last one was is in the journal alone.
  return runs.some(({ growth }) => growth.length > 0) ? Math.max(known, idsEndIn(files.journal)) : known;
}

/** Whether all instances of the last runs with these ids would get them again. */
function areAlike({ about, goals, force, basis, runs }: Numbered, last: PastRun): boolean {
  const alike = runs.slice(runs.findLastIndex(({ firstId }) => firstId !== last.firstId) + 1);
  if (!alike.every((run) => isSameAbout(run, about))) return false;
  const isOpen = basis.workflow.axes.some(({ kind }) => kind === "open");
  const wanted = JSON.stringify([goals, force]);
  if (isOpen && alike.some((run) => JSON.stringify([run.goals, run.force ?? []]) !== wanted)) return false;
  // All that was made since is there, in its order.
  const made = alike.flatMap(({ growth }) => growth);
  const { growth } = basis;
  const kept = growth.slice(Math.max(0, growth.length - made.length));
  return made.every((record, i) => record === kept[i]);
}

function idsEndIn(journal: string): number {
  if (!existsSync(journal)) return 0;
  let end = 0;
  for (const entry of readJournal(journal, () => undefined)) {
    if (entry.type === "task-assigned") end = Math.max(end, entry.task.id + 1);
  }
  return end;
}

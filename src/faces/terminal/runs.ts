import { printable } from "../../domain/printable.ts";
import { dateAndTime } from "./dates.ts";
import { table } from "./table.ts";

/** A run among others. */
export interface RunRow {
  /** Name, or path, by which the user finds it. */
  readonly name: string;
  /** What it is doing, in a few words. */
  readonly state: string;
  readonly done: number;
  readonly failed: number;
  readonly total?: number | undefined;
  /** Unix times in seconds. */
  readonly began?: number | undefined;
  readonly last?: number | undefined;
  /** The command line that goes on with it, and what that does. */
  readonly goOn?: { readonly what: string; readonly command: string } | undefined;
}

/** A list of runs: a line for each, and then how to go on with those that can be gone on with. */
export function formatRuns(rows: readonly RunRow[]): string {
  const cells = rows.map(({ name, state, done, failed, total, began, last }) => [
    ...[name, state, String(done), String(failed), total === undefined ? "?" : String(total)],
    ...[began, last].map((time) => (time === undefined ? "" : dateAndTime(time))),
  ]);
  const head = ["run", "state", "done", "failed", "of", "began", "last change"];
  const hints = rows.flatMap(({ name, goOn }) =>
    goOn === undefined ? [] : [printable(`${name}: ${goOn.what}: ${goOn.command}`)],
  );
  const lines = [...table(head, cells, [0, 1, 5, 6]), ...(hints.length === 0 ? [] : ["", ...hints])];
  return lines.map((line) => `${line}\n`).join("");
}

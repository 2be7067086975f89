/** The failed tasks of a run, a line each, as they come. */

import type { FollowedRun, TaskRow } from "../../domain/watch.ts";
import { MOST_ROWS } from "../../domain/watch.ts";
import { printable } from "../../domain/printable.ts";
import { formatDuration, formatEnding } from "../terminal/text.ts";

/** Characters of a command or an error that a line shows. */
const MOST_TEXT = 300;

/** Finds those that have not been told yet. */
export class FailureLines {
  readonly #run: Pick<FollowedRun, "tasks">;
  readonly #told = new Set<number>();

  constructor(run: Pick<FollowedRun, "tasks">) {
    this.#run = run;
  }

  /** How many have been told. */
  get told(): number {
    return this.#told.size;
  }

  /** Lines for those that have failed since. @throws UserError when the run cannot be asked. */
  async *next(): AsyncGenerator<string> {
    let cursor: string | undefined;
    do {
      const page = await this.#run.tasks({ states: ["failed"], sort: "id", limit: MOST_ROWS, cursor });
      for (const row of page.rows) {
        if (this.#told.has(row.id)) continue;
        this.#told.add(row.id);
        yield failureLine(row);
      }
      ({ cursor } = page);
    } while (cursor !== undefined);
  }
}

/** A failed task in one line: `task 17 on node07: exit 137 after 31.2 s: Killed: ./sim.sh 17`. */
function failureLine({ id, node, ending, start, finish, error, command }: TaskRow): string {
  const where = node === undefined ? "" : ` on ${node}`;
  const time = start === undefined || finish === undefined ? "" : ` after ${formatDuration(finish - start)}`;
  const text = firstLine(error?.snippet ?? "");
  const words = [
    ending === undefined ? "failed" : `${formatEnding(ending)}${time}`,
    text,
    command?.slice(0, MOST_TEXT) ?? "",
  ];
  return printable(`task ${id}${where}: ${words.filter((word) => word !== "").join(": ")}`);
}

function firstLine(snippet: string): string {
  return (snippet.split("\n").find((line) => line.trim() !== "") ?? "").slice(0, MOST_TEXT);
}

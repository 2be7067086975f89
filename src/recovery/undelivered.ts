import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as v from "valibot";
import { UserError } from "../domain/errors.ts";
import type { TaskResult } from "../domain/result.ts";
import { errnoText } from "../domain/system-error.ts";
import { removeFile } from "../files/remove-file.ts";
import { formatEvent } from "../journal/format.ts";
import { entryOf } from "../journal/schema.ts";

/** How the name of a file ends in which an engine leaves results that no driver has taken. */
export const UNDELIVERED_ENDING = "_undelivered.jsonl";

const FORMAT = "disbatch-undelivered";
const Header = v.object({ format: v.literal(FORMAT), engine: v.string() });

/** A file that an engine has left. */
export interface Undelivered {
  readonly path: string;
  /** Id of the engine, which is unlike any other's in this or another run. */
  readonly engineId: string;
  readonly results: readonly TaskResult[];
}

/** The content of such a file: who writes it, and a journal's line for each result. */
export function formatUndelivered(engineId: string, results: readonly TaskResult[]): string {
  const lines = results.map((result) => {
    // The line holds nothing of the task but its id: the journal has the rest.
    const task = { kind: "task", id: result.taskId, line: 0, repeatIndex: -1, command: "" } as const;
    return formatEvent({ type: "task-finished", time: result.finish, task, result });
  });
  return [JSON.stringify({ format: FORMAT, engine: engineId }), ...lines].map((line) => `${line}\n`).join("");
}

/**
 * The files that engines have left beside the records of a run, and maybe of others whose names begin alike.
 *
 * @param prefix beginning of the paths of the run's files.
 * @throws UserError `record-unusable` when the folder or such a file cannot be read.
 */
export function findUndelivered(prefix: string): Undelivered[] {
  try {
    const [folder, start] = [dirname(prefix), `${basename(prefix)}_`];
    return readdirSync(folder)
      .filter((name) => name.startsWith(start) && name.endsWith(UNDELIVERED_ENDING))
      .toSorted()
      .flatMap((name) => readUndelivered(join(folder, name)));
  } catch (error) {
    const message = `cannot read what engines have left at ${prefix}: ${errnoText(error)}`;
    throw new UserError("record-unusable", message, { cause: error });
  }
}

/** What this engine has left; nothing when that cannot be read. */
export function undeliveredBy(prefix: string, id: string): readonly TaskResult[] {
  return readable(prefix).flatMap(({ engineId, results }) => (engineId === id ? results : []));
}

/**
 * Removes what engines of a run have left that has come to its end: every task has another outcome.
 *
 * @returns of each file that cannot be removed why, in words.
 */
export function dropUndelivered(prefix: string, engineIds: ReadonlySet<string>): string[] {
  const left = readable(prefix).filter(({ engineId }) => engineIds.has(engineId));
  return left.flatMap(({ path }) => removeFile(path) ?? []);
}

/** A run that goes on, or has ended well, is not held up by a folder that is gone. */
function readable(prefix: string): Undelivered[] {
  try {
    return findUndelivered(prefix);
  } catch {
    return [];
  }
}

/** A torn last line and whatever else is no result is passed over. */
function readUndelivered(path: string): Undelivered[] {
  const [header, ...lines] = readFileSync(path, "utf8").split("\n").map(parseJson);
  if (!v.is(Header, header)) return [];
  const entries = lines.map((line) => entryOf(line));
  const results = entries.flatMap((entry) => (entry?.type === "task-finished" ? [entry.result] : []));
  return [{ path, engineId: header.engine, results }];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

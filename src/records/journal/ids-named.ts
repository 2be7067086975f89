import { closeSync } from "node:fs";
import { parseJson } from "../../domain/json.ts";
import { openOwnFile } from "../../files/own-file.ts";
import { linesWith } from "../ledger/find-lines.ts";

/**
 * TaskIDs that tasks of these names have had, in all runs that went on in a journal: those of each name in the order in which it had them.
 *
 * @param names of instances of a workflow. @throws Error when the file cannot be opened.
 */
export function idsNamed(path: string, names: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const wanted = new Set(names);
  const found = new Map<string, number[]>();
  const [name, ...others] = names;
  const needle = name === undefined || others.length > 0 ? '"cmd":' : `"cmd":${JSON.stringify(name)}`;
  const fd = openOwnFile(path);
  try {
    for (const line of linesWith(fd, [needle])) {
      const entry = parseJson(line.toString("utf8"));
      const { cmd, id } =
        typeof entry === "object" && entry !== null ? (entry as Partial<Record<string, unknown>>) : {};
      if (typeof cmd !== "string" || typeof id !== "number" || !wanted.has(cmd)) continue;
      found.set(cmd, [...(found.get(cmd) ?? []).filter((other) => other !== id), id]);
    }
  } finally {
    closeSync(fd);
  }
  return found;
}

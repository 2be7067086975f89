import { closeSync } from "node:fs";
import { openOwnFile } from "../../files/own-file.ts";
import { linesWith } from "../ledger/find-lines.ts";

/**
 * TaskIDs that a task of this name has had, in all runs that went on in a journal: the last one stands last.
 *
 * @param name of an instance of a workflow. @throws Error when the file cannot be opened.
 */
export function idsNamed(path: string, name: string): readonly number[] {
  const ids = new Set<number>();
  const fd = openOwnFile(path);
  try {
    for (const line of linesWith(fd, [`"cmd":${JSON.stringify(name)}`])) {
      const [, id] = /"id":([0-9]{1,15})[,}]/.exec(line.toString("latin1")) ?? [];
      if (id === undefined) continue;
      ids.delete(Number(id));
      ids.add(Number(id));
    }
  } finally {
    closeSync(fd);
  }
  return [...ids];
}

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { TaskOutput } from "../../src/domain/task-files.ts";
import type { StagedTask } from "../../src/files/outputs/staged-task.ts";

export const STAGE = ".disbatch/abc";
/** Sets that are put in place at a time. */
export const SETS = 4;

/** What one task makes: files and folders, apart from each other, so many of each kind. */
export function setOf(set: number | string, copies = 1): readonly TaskOutput[] {
  return Array.from({ length: copies }, (_, copy) => [
    { name: `a${copy}`, path: `data/${set}/a${copy}`, isFolder: false },
    { name: `b${copy}`, path: `data/${set}/b${copy}`, isFolder: true },
    { name: `c${copy}`, path: `${set}.c${copy}`, isFolder: false },
    { name: `d${copy}`, path: `folders/${copy}/${set}`, isFolder: true },
  ]).flat();
}

/** Does what the command of a task does. */
export function makeSet({ outputs }: StagedTask, content: string): void {
  for (const { made, isFolder } of outputs) {
    if (!isFolder) {
      writeFileSync(made, content);
      continue;
    }
    mkdirSync(made);
    writeFileSync(path.join(made, "one"), content);
    writeFileSync(path.join(made, `of-${content}`), content);
  }
}

/** What stands where a set is put: what all of it has in it, `none`, or in what way it is no whole set. */
export function standingOf(root: string, set: number, copies?: number): string {
  const all = new Set(
    setOf(set, copies).map(({ path: where, isFolder }) => contentAt(path.join(root, where), isFolder)),
  );
  return all.size === 1 ? ([...all][0] ?? "") : `mixed: ${[...all].join(", ")}`;
}

function contentAt(where: string, isFolder: boolean): string {
  if (!existsSync(where)) return "none";
  if (!isFolder) return readFileSync(where, "utf8");
  const names = readdirSync(where).toSorted();
  const content = names.includes("one") ? readFileSync(path.join(where, "one"), "utf8") : "";
  return names.join(" ") === `of-${content} one` ? content : `broken: ${names.join(" ")}`;
}

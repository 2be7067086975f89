import { join } from "node:path";
import { namesIn } from "../../files/look.ts";
import { isOwnFile } from "../../files/own-file.ts";
import { filesOfRun, type RunFiles } from "./run-files.ts";

/** What tells that a run goes by the name before it. */
const OF_RUN = /^(.+)_(?:status\.txt|journal\.jsonl|dbUtil\.sh|recovery\.json)$/;

/** The runs of this user that have their files in a folder, in no order. */
export function runsIn(folder: string): RunFiles[] {
  const prefixes = new Set<string>();
  for (const name of namesIn(folder)) {
    const prefix = OF_RUN.exec(name)?.[1];
    if (prefix !== undefined && !prefixes.has(prefix) && isOwnFile(join(folder, name))) prefixes.add(prefix);
  }
  return [...prefixes].map((prefix) => filesOfRun(join(folder, prefix)));
}

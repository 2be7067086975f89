import { existsSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type RunFiles, filesOfRun } from "../../src/run/files/run-files.ts";
import { archiveOf, digestOf } from "../../src/workflows/history/archive.ts";
import { HistoryFile } from "../../src/workflows/history/history-file.ts";
import { readHistory } from "../../src/workflows/history/history.ts";

/** Writes a document, and what the history of a prefix says of a run of it in which no task has begun. */
export async function recordRun(
  prefix: string,
  { file, text, goals = [] }: { readonly file: string; readonly text: string; readonly goals?: readonly string[] },
): Promise<RunFiles> {
  const files = filesOfRun(prefix);
  writeFileSync(file, text);
  const archive = archiveOf(file, new Map([[file, text]]));
  const digest = digestOf(archive);
  const runs = existsSync(files.workflow) ? (readHistory(files.workflow, () => undefined)?.runs.length ?? 0) : 0;
  const history = HistoryFile.open(files.workflow);
  history.append(
    { type: "document", digest, archive },
    {
      ...{ type: "run", run: runs + 1, time: 1_700_000_000 + runs, document: digest, file },
      ...{ folder: path.dirname(file), params: {}, goals, from: [], only: false, isPart: false },
      ...{ maxInstances: 1000, firstId: 0, idsEnd: 1000 },
      statusFrom: statSync(files.status, { throwIfNoEntry: false })?.size ?? 0,
    },
  );
  await history.close();
  return files;
}

import { UserError } from "../domain/errors.ts";
import type { IdRange } from "../domain/run-results.ts";
import { shellWords } from "../domain/shell-words.ts";
import { idsNamed } from "../records/journal/ids-named.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { instancesMeant } from "../run/workflow/past-graph.ts";
import { workflowHistory } from "../run/workflow/workflow-history.ts";

/**
 * The TaskIDs that instances of a document had when they ran last.
 *
 * @param names of instances, of tasks, or with some of their axes.
 * @param words that start this program.
 * @throws UserError `not-a-workflow`; `unknown-goal`; `not-run` when none of them has ever run.
 */
export async function idsOfInstances(
  files: RunFiles,
  names: readonly string[],
  words: readonly string[],
): Promise<readonly IdRange[]> {
  const found = idsNamed(files.journal, await instancesMeant(workflowHistory(files), files, names));
  const ids = [...found.values()].flatMap((all) => all.slice(-1));
  if (ids.length > 0) return ids.map((id) => ({ from: id, to: id }));
  const why = shellWords([...words, "explain", files.prefix, names[0] ?? ""]);
  throw new UserError("not-run", `${names.join(", ")}: has not run; to see why: ${why}`);
}

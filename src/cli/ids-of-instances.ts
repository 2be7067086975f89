import { UserError } from "../domain/errors.ts";
import type { IdRange } from "../domain/run-results.ts";
import { shellWords } from "../domain/shell-words.ts";
import { idsNamed } from "../records/journal/ids-named.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { ownNames } from "../run/workflow/own-names.ts";
import { instancesNamed } from "../workflows/graph/instances-named.ts";
import { lastStanding } from "./workflow-records.ts";

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
  const { instances, run } = await lastStanding(files, () => undefined);
  const wanted = (await ownNames(run, names))
    .flatMap((name) => instancesNamed(instances, name))
    .map(({ template, index }) => instances.nameOf(template, index));
  const found = idsNamed(files.journal, wanted);
  const ids = [...found.values()].flatMap((all) => all.slice(-1));
  if (ids.length > 0) return ids.map((id) => ({ from: id, to: id }));
  const why = shellWords([...words, "explain", files.prefix, names[0] ?? ""]);
  throw new UserError("not-run", `${names.join(", ")}: has not run; to see why: ${why}`);
}

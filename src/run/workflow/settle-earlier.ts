import { join } from "node:path";
import type { Diagnostic } from "../../domain/errors.ts";
import { namesIn } from "../../files/look.ts";
import { STAGES, stageNamed } from "../../files/outputs/attempt-names.ts";
import { settleStage } from "../../files/outputs/settle.ts";
import { type History, readHistory } from "../../workflows/history/history.ts";
import type { RunRecord } from "../../workflows/history/record.ts";

/**
 * What runs that were killed had begun to put in place comes there, or back, before anything is decided by what is there.
 *
 * @param runs the earlier runs of the prefix.
 * @param folder of the tasks now: where it is another than theirs, it has been moved or copied since, or is none of their business.
 * @param say told of what cannot be settled.
 */
export async function settleEarlier(
  runs: readonly Pick<RunRecord, "stage">[],
  folder: string,
  say: (message: string) => void,
): Promise<void> {
  const there = namesIn(join(folder, STAGES));
  if (there.length === 0) return;
  const ours = new Set(runs.flatMap(({ stage }) => stage ?? []));
  for (const name of there) {
    if (ours.has(name)) await settleStage(folder, stageNamed(name), (message) => say(`warning: ${message}`));
  }
}

/**
 * The history of a prefix.
 *
 * @param isReplaced the run begins anew: a file that cannot be read is none.
 * @throws UserError `history-unreadable`.
 */
export function historyAt(
  path: string,
  isReplaced: boolean,
  onWarning: (warning: Diagnostic) => void,
): History | undefined {
  try {
    return readHistory(path, isReplaced ? () => undefined : onWarning);
  } catch (error) {
    if (isReplaced) return undefined;
    throw error;
  }
}

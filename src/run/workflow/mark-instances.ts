import { hostname } from "node:os";
import { UserError } from "../../domain/errors.ts";
import { HistoryFile } from "../../workflows/history/history-file.ts";
import { sayWhatStays } from "../files/leftover.ts";
import { isOfThisHost } from "../files/recovery-file.ts";
import { dropUnfinished, type RunFiles } from "../files/run-files.ts";
import { lockOfEndedRun, type RunLock } from "../files/run-lock.ts";
import { instancesMeant } from "./past-graph.ts";
import { workflowHistory } from "./workflow-history.ts";

/** Names in one record. */
const TOGETHER = 1000;

/**
 * Says that instances of a document are done, or not, whatever came of them.
 *
 * @param names of instances, of tasks, or with some of their axes; of an open axis any value may be named.
 * @param say tells the user something that is no error.
 * @returns names of the instances.
 * @throws UserError `not-a-workflow`; `unknown-goal`; `run-goes-on`, `run-cut-off` where a run may still say otherwise.
 */
export async function markInstances(
  files: RunFiles,
  { done, names }: { readonly done: boolean; readonly names: readonly string[] },
  say: (message: string) => void,
): Promise<readonly string[]> {
  const lock = takeLock(files);
  try {
    if (lock.tookOver) dropUnfinished(files);
    if (isOfThisHost(files.recovery)) {
      const message = `mark: the driver of the run of ${files.prefix} was killed, and what it has started may still run; recover it first`;
      throw new UserError("run-cut-off", message);
    }
    const history = workflowHistory(files, say);
    const marked = await instancesMeant(history, files, names);
    const file = HistoryFile.open(files.workflow);
    const time = Date.now() / 1000;
    for (let from = 0; from < marked.length; from += TOGETHER) {
      file.append({ type: "mark", time, done, instances: marked.slice(from, from + TOGETHER) });
    }
    await file.close();
    return marked;
  } finally {
    sayWhatStays(lock.release(), say);
  }
}

function takeLock({ lock, prefix }: RunFiles): RunLock {
  const message = `mark: a run of ${prefix} goes on, and says itself what is done: wait until it has ended`;
  return lockOfEndedRun(lock, hostname(), message);
}

import { exited } from "../../src/domain/ending.ts";
import type { FinishedTask } from "../../src/domain/finished-task.ts";
import { NO_LEAK } from "../../src/domain/result.ts";

/** What came of a task that has succeeded. */
export function finishedTask(id: number): FinishedTask {
  return {
    ...{ kind: "task", id, line: id + 1, repeatIndex: -1, command: "true", succeeded: true, ending: exited(0) },
    ...{ returnCode: 0, node: "n", pid: 1, attempts: 1, start: 1, finish: 2, elapsed: 1 },
    ...{ output: NO_LEAK, error: NO_LEAK, flags: "    " },
  };
}

import { expect, test } from "vitest";
import type { EarlierRun } from "../../../src/core/driver/earlier-run.ts";
import { exited } from "../../../src/domain/ending.ts";
import { NO_LEAK } from "../../../src/domain/result.ts";
import type { Assignment, Task } from "../../../src/domain/task.ts";
import { tasksAgain } from "../../../src/run/tasks-again.ts";
import { ListSource, task } from "../tasks/sources/list-source.ts";

function given(id: number): Assignment {
  return { task: task(id, `name ${id}`), attempt: 2, crashes: 0 };
}

const result = { ...{ taskId: 3, attempt: 1, node: "n", engine: 0, slot: 0, pid: 1 }, ending: exited(1) };
const engine = { id: "e", rank: 0, node: "n", pid: 1, slots: 1, context: "c" };
const earlier: EarlierRun = {
  ...{ succeeded: 0, failed: 0, contexts: [], nextRank: 1, stopped: new Map() },
  ...{ failedSinceBarrier: 0, anySkipped: false, anyUnmet: false, settled: () => false, claim: () => true },
  engines: [{ engine, ready: true, stopping: false, held: [given(0)], commandsRun: [] }],
  returned: [given(1)],
  retries: [{ assignment: given(2), engine: 0, due: 0, delay: 0 }],
  failedTries: [
    {
      task: task(3, "name 3"),
      result: { ...result, start: 0, finish: 1, output: NO_LEAK, error: NO_LEAK },
      isGivenAgain: false,
    },
  ],
};

function sourceOf(taskOf?: (id: number) => Task | undefined): ListSource {
  return Object.assign(new ListSource([]), taskOf === undefined ? {} : { taskOf });
}

test("all tasks of a run that is taken up are as their source says, and as before in all else", () => {
  const whole = (id: number): Task => task(id, `script ${id}`, { name: `name ${id}`, setting: { env: { A: "1" } } });
  const { engines, returned, retries = [], failedTries = [] } = tasksAgain(earlier, sourceOf(whole));
  const tasks = [
    ...[...engines.flatMap(({ held }) => held), ...returned, ...retries.map(({ assignment }) => assignment)],
    ...failedTries,
  ];
  expect(tasks.map((one) => one.task)).toEqual([0, 1, 2, 3].map(whole));
  expect(returned[0]).toMatchObject({ attempt: 2, crashes: 0 });
});

test("a source that knows no more than the records is not asked", () => {
  expect(tasksAgain(earlier, sourceOf())).toBe(earlier);
});

test("a run cannot be taken up whose source has such a task no more", () => {
  expect(() =>
    tasksAgain(
      earlier,
      sourceOf((id) => (id === 2 ? undefined : task(id, "a"))),
    ),
  ).toThrow("it has no task 2 any more, which was name 2");
});

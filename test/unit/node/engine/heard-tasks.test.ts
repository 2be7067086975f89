import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { NO_LEAK } from "../../../../src/domain/result.ts";
import { HeardTasks, outcomeOfHeard } from "../../../../src/node/engine/heard-tasks.ts";
import type { HeardPart, Running } from "../../../../src/node/engine/workplace.ts";
import type { EngineMessage } from "../../../../src/wire/messages.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LOOK_MS = 15;
const ASSIGNMENT = {
  task: { kind: "task", id: 4, line: 5, repeatIndex: -1, command: "" },
  attempt: 2,
  crashes: 0,
} as const;

function outcome(bytes: number, code = 0) {
  const output = { bytes, snippet: "" };
  return { pid: 7, ending: exited(code), start: 0, finish: 1, output, error: NO_LEAK };
}

/** A heard task whose file is in the hands of the test. */
function begun(part: (from: number, most: number) => HeardPart) {
  const said: Extract<EngineMessage, { type: "printed" }>[] = [];
  const refused: number[] = [];
  const asked: number[] = [];
  const command: Running & { isLetGo: boolean } = {
    ...{ pid: 7, start: 0, isLetGo: false },
    abandon: () => undefined,
    boundOutput: () => Promise.resolve(),
    printed: () => Promise.reject(new Error("nobody follows it")),
    heard: (from, safe, most) => {
      asked.push(safe);
      return Promise.resolve(part(from, most));
    },
    letGo: () => void (command.isLetGo = true),
  };
  const tasks = new HeardTasks({
    say: (message) => void said.push(message),
    refuse: ({ task }) => void refused.push(task.id),
  });
  tasks.begin(ASSIGNMENT, command);
  return { tasks, command, said, refused, asked };
}

/** A file of these bytes. */
function fileOf(text: string): (from: number, most: number) => HeardPart {
  const bytes = Buffer.from(text);
  return (from, most) => ({ from, data: bytes.subarray(from, from + most), bytes: bytes.length });
}

const ANSWER = { type: "printed-taken", taskId: 4, attempt: 2, received: 0, safe: 0, closed: false } as const;

test("it is looked now and then what a heard task has printed, and no more when it has been let go", async () => {
  let text = "";
  const { tasks, said, command, asked } = begun((from, most) => fileOf(text)(from, most));
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(said).toEqual([]);
  text = "abc";
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(said).toMatchObject([{ taskId: 4, attempt: 2, from: 0, data: "YWJj", end: undefined }]);
  tasks.taken({ ...ANSWER, received: 3, safe: 2 });
  const done = vi.fn<(refused: string | undefined) => void>();
  tasks.ended(ASSIGNMENT, outcome(3), done);
  await vi.advanceTimersByTimeAsync(0);
  expect(said.at(-1)).toMatchObject({ from: 3, data: "", end: "well" });
  expect(asked.at(-1)).toBe(2);
  expect([done.mock.calls, tasks.unfinished]).toEqual([[], [ASSIGNMENT]]);
  tasks.taken({ ...ANSWER, received: 3, safe: 3, closed: true });
  expect([done.mock.calls, tasks.unfinished, command.isLetGo]).toEqual([[[undefined]], [], true]);
  const times = asked.length;
  await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
  expect(asked).toHaveLength(times);
});

test("what is printed after the task has ended, by what it has left behind, is not its", async () => {
  const { tasks, said } = begun(fileOf("abcdef"));
  tasks.ended(ASSIGNMENT, outcome(4), () => undefined);
  await vi.advanceTimersByTimeAsync(0);
  expect(said).toMatchObject([{ data: Buffer.from("abcd").toString("base64"), end: "well" }]);
});

test("a task that prints more than the driver takes is ended, and has failed", async () => {
  const { tasks, refused } = begun((from) => ({ from, data: Buffer.alloc(0), bytes: 128 * 2 ** 20 + 1 }));
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  expect(refused).toEqual([4]);
  const done = vi.fn<(refused: string | undefined) => void>();
  tasks.ended(ASSIGNMENT, outcome(200 * 2 ** 20), done);
  expect(done.mock.calls).toEqual([["more than 128 MiB of what it printed wait to be taken"]]);
});

test("a task has failed of whose output a part is lost", async () => {
  const { tasks } = begun((from) => ({ from: from + 1, data: Buffer.alloc(0), bytes: 4 }));
  const done = vi.fn<(refused: string | undefined) => void>();
  tasks.ended(ASSIGNMENT, outcome(4), done);
  await vi.advanceTimersByTimeAsync(0);
  expect(done.mock.calls).toEqual([["what it has printed is lost"]]);
});

test("answers to another attempt mean nothing", async () => {
  const { tasks, refused } = begun(fileOf("abc"));
  tasks.taken({ ...ANSWER, attempt: 1, closed: true, refused: "no date" });
  tasks.taken({ ...ANSWER, taskId: 5, refused: "no date" });
  expect(refused).toEqual([]);
});

test("tasks that are ended with their engine wait for no answer", async () => {
  const { tasks, command } = begun(fileOf("abc"));
  tasks.abandon();
  expect(command.isLetGo).toBe(false);
  const done = vi.fn<(refused: string | undefined) => void>();
  tasks.ended(ASSIGNMENT, outcome(3), done);
  tasks.abandon();
  expect([done.mock.calls, command.isLetGo]).toEqual([[[undefined]], true]);
});

test("a task whose output was of no use has failed for that, unless it was ended at a limit", () => {
  expect(outcomeOfHeard(outcome(3), undefined)).toEqual(outcome(3));
  expect(outcomeOfHeard(outcome(3), "no date")).toMatchObject({
    ending: exited(65),
    error: { snippet: "disbatch: no date" },
  });
  const late = { ...outcome(3), ending: { type: "timed-out" } } as const;
  expect(outcomeOfHeard(late, "no date")).toEqual(late);
});

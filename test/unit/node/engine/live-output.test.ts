import { noneHeard } from "../../../../src/node/engine/heard-tasks.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OutputPiece } from "../../../../src/domain/output.ts";
import type { Assignment } from "../../../../src/domain/task.ts";
import { LiveOutput } from "../../../../src/node/engine/live-output.ts";
import type { Running } from "../../../../src/node/engine/workplace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A task that has printed `text` so far. */
class Task {
  text = "";
  readonly assignment: Assignment;
  readonly command: Running;

  constructor(id: number) {
    const task = { kind: "task", id, line: 1, repeatIndex: -1, command: "true" } as const;
    this.assignment = { task, attempt: 1, crashes: 0 };
    this.command = {
      pid: 1,
      start: 1,
      abandon: () => undefined,
      boundOutput: () => Promise.resolve(),
      heard: (from: number) => Promise.resolve(noneHeard(from)),
      letGo: () => undefined,
      printed: ({ stdout, stderr }, most) =>
        Promise.resolve({
          stdout: { from: stdout, data: Buffer.from(this.text.slice(stdout, stdout + most)) },
          stderr: { from: stderr, data: Buffer.alloc(0) },
        }),
    };
  }
}

function open(...tasks: readonly Task[]) {
  const told: (readonly [OutputPiece, string])[] = [];
  const sender = {
    hasRoom: true,
    tell: (piece: OutputPiece, data: Buffer) => void told.push([piece, data.toString()]),
  };
  const live = new LiveOutput(sender, () => tasks);
  return {
    live,
    told,
    sender,
    texts: () => told.splice(0).map(([{ taskId, stream }, text]) => [taskId, stream, text]),
  };
}

test("what a followed task prints is told as it comes, each byte once, and the rest when it ends", async () => {
  const [a, b] = [new Task(1), new Task(2)];
  const { live, texts } = open(a, b);
  a.text = "one\n";
  b.text = "nobody asks\n";
  live.follow(true, [{ from: 1, to: 1 }]);
  await vi.advanceTimersByTimeAsync(0);
  expect(texts()).toEqual([[1, "stdout", "one\n"]]);
  a.text += "two\n";
  await vi.advanceTimersByTimeAsync(250);
  expect(texts()).toEqual([[1, "stdout", "two\n"]]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(texts()).toEqual([]);
  const all = "one\ntwo\nthree\n";
  live.ended(a.assignment, false, { stdout: { bytes: all.length, tail: Buffer.from(all.slice(2)) } });
  expect(texts()).toEqual([
    [1, "stdout", "three\n"],
    [1, "stderr", ""],
  ]);
  live.close();
});

test("that a task has ended is told by how much it has printed in all", () => {
  const task = new Task(1);
  const { live, told } = open(task);
  live.follow(true, undefined);
  live.ended(task.assignment, true, undefined);
  expect(told.map(([{ bytes, failed }]) => [bytes, failed])).toEqual([
    [0, true],
    [0, true],
  ]);
  live.close();
});

test("nothing is asked while there is no room, and nothing any more when nobody follows", async () => {
  const task = new Task(1);
  const { live, sender, texts } = open(task);
  task.text = "one\n";
  sender.hasRoom = false;
  live.follow(true, undefined);
  await vi.advanceTimersByTimeAsync(1000);
  expect(texts()).toEqual([]);
  sender.hasRoom = true;
  await vi.advanceTimersByTimeAsync(250);
  expect(texts()).toEqual([[1, "stdout", "one\n"]]);
  live.follow(false, undefined);
  task.text += "two\n";
  await vi.advanceTimersByTimeAsync(1000);
  live.ended(task.assignment, false, undefined);
  expect(texts()).toEqual([]);
});

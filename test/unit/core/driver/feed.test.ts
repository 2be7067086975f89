import { describe, expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import type { TaskSource } from "../../../../src/domain/source.ts";
import { SUCCESS } from "../../../../src/domain/ending.ts";
import { NO_LEAK } from "../../../../src/domain/result.ts";
import { Feed } from "../../../../src/core/driver/feed.ts";
import { task } from "../scheduler/items.ts";

const OUTCOME = {
  node: "n",
  alreadyRecorded: false,
  pid: 1,
  ending: SUCCESS,
  start: 0,
  finish: 1,
  output: NO_LEAK,
  error: NO_LEAK,
};

function feedOf(change: Partial<TaskSource>) {
  const happened: unknown[] = [];
  const source: TaskSource = {
    name: "Tasks",
    next: (limit) => Promise.resolve([task(limit)]),
    close: () => Promise.resolve(),
    ...change,
  };
  const feed = new Feed(source, {
    pulled: (items) => void happened.push(...items.map((item) => item.kind)),
    headGiven: () => void happened.push("head given"),
    failed: (error) => void happened.push(error),
  });
  return { feed, happened };
}

describe("a source that hears", () => {
  test("is told of each outcome once, in order, and not before it is recorded", () => {
    const heard: number[] = [];
    const { feed } = feedOf({ settled: ({ id }) => void heard.push(id) });
    for (const id of [3, 1]) feed.note(task(id), OUTCOME);
    expect([feed.hasNews, heard]).toEqual([true, []]);
    feed.tell();
    feed.tell();
    expect([feed.hasNews, heard]).toEqual([false, [3, 1]]);
  });

  test("that throws has failed, is not told more, and not asked for more", async () => {
    const error = new Error("no");
    const heard: number[] = [];
    const { feed, happened } = feedOf({
      settled: ({ id }) => {
        heard.push(id);
        throw error;
      },
    });
    feed.note(task(0), OUTCOME);
    feed.note(task(1), OUTCOME);
    feed.tell();
    expect(happened).toEqual([]);
    feed.note(task(2), OUTCOME);
    feed.tell();
    await feed.pull(1);
    expect([happened, heard]).toEqual([[error], [0]]);
  });

  test("is told nothing any more once the records have failed", () => {
    const heard: number[] = [];
    const { feed } = feedOf({ settled: ({ id }) => void heard.push(id) });
    feed.note(task(0), OUTCOME);
    feed.hush();
    feed.tell();
    expect(heard).toEqual([]);
  });
});

test("what a task prints is refused when the records have failed, since it could not be kept", () => {
  const taken: string[] = [];
  const { feed } = feedOf({
    printed: (_task, _attempt, offset, bytes) => {
      taken.push(Buffer.from(bytes).toString());
      return offset + bytes.length;
    },
  });
  expect(feed.printed(task(0), 1, 0, Buffer.from("a"))).toBe(1);
  feed.hush();
  expect(() => feed.printed(task(0), 1, 1, Buffer.from("b"))).toThrow(UserError);
  // Its end as well: the task may not end well.
  expect(() => feed.printed(task(0), 1, 1, Buffer.alloc(0))).toThrow(/could not keep what this has printed/);
  expect(taken).toEqual(["a"]);
});

test("a source that does not hear leaves nothing behind", () => {
  const { feed } = feedOf({});
  feed.note(task(0), OUTCOME);
  expect(feed.hasNews).toBe(false);
  feed.tell();
});

test("what a source answers, that it fails and that its head is given is told", async () => {
  const { feed, happened } = feedOf({ headGiven: Promise.resolve() });
  await feed.pull(1);
  expect(happened).toEqual(["head given", "task"]);
  const error = new Error("no");
  const failing = feedOf({ next: () => Promise.reject(error) });
  await failing.feed.pull(1);
  expect(failing.happened).toEqual([error]);
});

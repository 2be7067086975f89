import { describe, expect, it } from "vitest";

import type { Diagnostic } from "../../../../src/domain/errors.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { ItemQueue } from "../../../../src/tasks/taskfile/item-queue.ts";
import { parse } from "./parse.ts";

function queueOf(content: string, warnings: Diagnostic[] = [], lenient = true): ItemQueue {
  const queue = new ItemQueue((warning) => warnings.push(warning));
  queue.add(parse(content, lenient));
  return queue;
}

/** Ids in order, of tasks as numbers, of others with their kind. */
function idsOf(items: readonly StreamItem[]): readonly (number | string)[] {
  return items.map((item) => {
    if (item.kind === "skipped") throw new Error("a task file has no skipped tasks");
    return item.kind === "task" ? item.id : `${item.kind} ${item.id}`;
  });
}

describe("an item queue", () => {
  it("counts tasks and barriers together, and each list of per-engine commands by itself", () => {
    const perEngine = "START a\nSTOP b\nSTART c\n".replaceAll(/^/gm, "#DISBATCH PERENGINE ").slice(0, -20);
    const queue = queueOf(`${perEngine}x\n#DISBATCH BARRIER k\n#DISBATCH REPEAT 2 r\n#DISBATCH REPEAT 0 r\ny\n`);
    expect(idsOf(queue.take(100))).toEqual(["per-engine 0", "per-engine 0", "per-engine 1", 0, "barrier 1", 2, 3, 4]);
  });

  it("gives whole items", () => {
    const queue = queueOf("#DISBATCH PERENGINE STOP e\nx\n#DISBATCH BARRIER CHECK k\n#DISBATCH REPEAT 1 start 7 r\n");
    expect(queue.take(100)).toEqual([
      { kind: "per-engine", when: "stop", id: 0, line: 1, command: "e" },
      { kind: "task", id: 0, line: 2, repeatIndex: -1, command: "x" },
      { kind: "barrier", id: 1, line: 3, check: true, key: "k", text: "#DISBATCH BARRIER CHECK k" },
      { kind: "task", id: 2, line: 4, repeatIndex: 7, command: "r" },
    ]);
  });

  it("never gives more than asked for, and nothing twice", () => {
    const queue = queueOf("a\n#DISBATCH REPEAT 3 start 10 step 5 r\nb\n");
    const taken = [queue.take(2), queue.take(1), queue.take(3), queue.take(3)];
    expect(taken.map((items) => items.map((item) => (item.kind === "task" ? item.repeatIndex : "?")))).toEqual([
      [-1, 10],
      [15],
      [20, -1],
      [],
    ]);
  });

  it("writes out a huge REPEAT only as far as it is asked to", () => {
    const queue = queueOf("#DISBATCH REPEAT 1000000000000 start 5 r\n");
    expect(idsOf(queue.take(2))).toEqual([0, 1]);
    expect(queue.take(1)).toMatchObject([{ id: 2, repeatIndex: 7, command: "r" }]);
  });

  it("goes on counting over what is added later", () => {
    const queue = queueOf("a\nb\n");
    expect(idsOf(queue.take(1))).toEqual([0]);
    queue.add(parse("c\n"));
    expect(idsOf(queue.take(9))).toEqual([1, 2]);
    queue.add(parse("d\n"));
    expect(idsOf(queue.take(9))).toEqual([3]);
  });

  it("tells a warning when it comes to it", () => {
    const warnings: Diagnostic[] = [];
    const queue = queueOf("a\nb\n#DISBATCH foo\nc\n", warnings);
    expect(idsOf(queue.take(2))).toEqual([0, 1]);
    expect(warnings).toEqual([]);
    expect(idsOf(queue.take(2))).toEqual([2]);
    expect(warnings).toMatchObject([{ code: "unknown-directive", severity: "warning" }]);
  });

  it("throws an error after everything before it has been taken, and every time from then on", () => {
    const queue = queueOf("a\n#DISBATCH foo\nb\n", [], false);
    expect(idsOf(queue.take(9))).toEqual([0]);
    const refused = expect.objectContaining({
      code: "task-file-refused",
      exitCode: 2,
      message: expect.stringMatching(/^tasks:2:11: error: unknown directive "foo"/),
      diagnostics: [expect.objectContaining({ code: "unknown-directive" })],
    });
    expect(() => queue.take(9)).toThrow(refused);
    expect(() => queue.take(9)).toThrow(refused);
  });
});

import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { NO_LEAK } from "../../../../src/domain/result.ts";
import { exited } from "../../../../src/domain/ending.ts";
import type { SkippedTask, StreamItem } from "../../../../src/domain/task.ts";
import { recoveredSource } from "../../../../src/tasks/sources/recovered.ts";
import { streamSource } from "../../../../src/tasks/sources/stream.ts";
import { DependentSource } from "../../../support/dependent-source.ts";
import { collect, noWarning } from "./collect.ts";
import { barrier, ListSource, PER_ENGINE, task } from "./list-source.ts";

interface Behind {
  readonly settled?: readonly number[];
  readonly claimed?: readonly number[];
  readonly lastBarrier?: number;
  readonly largestId?: number;
}

function behind({ settled = [], claimed = [], lastBarrier = -1, largestId = -1 }: Behind) {
  const has = { settled: (id: number) => settled.includes(id), claimed: (id: number) => claimed.includes(id) };
  return { ...has, lastBarrier, largestId };
}

function skipped(id: number): SkippedTask {
  const none = { bytes: 0, snippet: "" };
  const outcome = { node: "n", pid: 1, ending: exited(0), start: 1, finish: 2, output: none, error: none };
  return { kind: "skipped", task: task(id, "a"), previous: { ...outcome, alreadyRecorded: true } };
}

describe("a recovered source", () => {
  test("drops tasks that are settled or that somebody has, skipped ones too, and barriers that were passed", async () => {
    const left = [PER_ENGINE, task(4, "e"), skipped(6), barrier(8), task(9, "j")];
    const items: readonly StreamItem[] = [
      ...[PER_ENGINE, task(0, "a"), task(1, "b"), barrier(2), skipped(3), task(4, "e"), skipped(5), skipped(6)],
      ...[task(7, "h"), barrier(8), task(9, "j")],
    ];
    const state = behind({ settled: [0, 3, 7], claimed: [1, 5], lastBarrier: 2 });
    for (const limit of [1, 2, 100]) {
      expect(await collect(recoveredSource(new ListSource(items), state), limit)).toEqual(left);
    }
  });

  test("keeps the name, and the total of the whole run", () => {
    const source = recoveredSource(new ListSource([task(0, "a")], 1), behind({ settled: [0] }));
    expect([source.name, source.total]).toEqual(["Tasks", 1]);
  });

  test("tells the total of a stream once that has ended, with what the run has behind it", async () => {
    const stream = Readable.from([Buffer.from("a\nb\n#DISBATCH BARRIER\nc\n")]);
    const inner = streamSource(stream, { name: "stdin", lenient: false, onWarning: noWarning });
    const source = recoveredSource(inner, behind({ settled: [0, 1] }));
    expect(await source.next(10)).toHaveLength(2);
    expect(source.total).toBeUndefined();
    expect(await collect(source)).toEqual([]);
    expect(source.total).toBe(3);
  });

  test("drops a task that somebody turns out to have before it is handed out", async () => {
    const claimed: number[] = [];
    const source = recoveredSource(new ListSource([task(0, "a"), task(1, "b"), task(2, "c")]), behind({ claimed }));
    expect(await source.next(1)).toEqual([task(0, "a")]);
    claimed.push(1);
    expect(await source.next(1)).toEqual([task(2, "c")]);
  });

  test("hands out no more than it is asked for", async () => {
    const source = recoveredSource(new ListSource([task(0, "a"), task(1, "b"), task(2, "c")]), behind({}));
    expect(await source.next(2)).toHaveLength(2);
    expect(await source.next(2)).toHaveLength(1);
    expect(await source.next(2)).toEqual([]);
  });

  test("finds what is left behind a million settled tasks, without an empty answer before", async () => {
    const items = Array.from({ length: 1_000_001 }, (_, id) => task(id, "a"));
    const state = { settled: (id: number) => id < 1_000_000, claimed: () => false, lastBarrier: -1, largestId: 0 };
    const source = recoveredSource(new ListSource(items), state);
    expect(await source.next(1)).toEqual([items.at(-1)]);
    expect(await source.next(1)).toEqual([]);
  });

  test("fails when it ends before the run had got, and says how far that was", async () => {
    const source = recoveredSource(new ListSource([task(0, "a"), barrier(1)]), behind({ settled: [0], largestId: 4 }));
    expect(await source.next(5)).toEqual([barrier(1)]);
    await expect(source.next(5)).rejects.toThrow("its last task is 1, and the run had come to task 4");
    const empty = recoveredSource(new ListSource([]), behind({ settled: [0], largestId: 0 }));
    await expect(empty.next(5)).rejects.toThrow("it has no tasks");
  });

  test("closes the source that it wraps", async () => {
    const inner = new ListSource([]);
    await recoveredSource(inner, behind({})).close();
    expect(inner.closed).toBe(true);
  });
});

describe("a recovered source that hears", () => {
  const OUTCOME = {
    node: "n",
    alreadyRecorded: false,
    pid: 1,
    ending: exited(0),
    start: 0,
    finish: 1,
    ...{ output: NO_LEAK, error: NO_LEAK },
  };
  const items = [PER_ENGINE, task(0, "a"), task(1, "b"), task(2, "c")];
  const after = new Map([
    [1, 0],
    [2, 1],
  ]);

  test("hears of what was settled before when it has yielded it, and yields what depends on that", async () => {
    const inner = new DependentSource(items, after);
    const source = recoveredSource(inner, { ...behind({ settled: [0] }), outcomeOf: () => OUTCOME });
    expect(await source.next(1)).toEqual([PER_ENGINE]);
    expect(await source.next(1)).toEqual([task(1, "b")]);
    source.settled?.(task(1, "b"), OUTCOME);
    expect(await source.next(1)).toEqual([task(2, "c")]);
    expect(inner.heard).toEqual([0, 1]);
  });

  test("hears of a task that an engine has brought back no earlier than it has yielded it", async () => {
    const inner = new DependentSource(items, after);
    const source = recoveredSource(inner, { ...behind({ claimed: [0] }), outcomeOf: () => OUTCOME });
    source.settled?.(task(0, "a"), OUTCOME);
    expect(inner.heard).toEqual([]);
    expect(await source.next(9)).toEqual([PER_ENGINE]);
    expect(await source.next(9)).toEqual([task(1, "b")]);
  });

  test("says that its head is given when all else depends on tasks that are under way", async () => {
    const inner = new DependentSource(items, after);
    const source = recoveredSource(inner, { ...behind({ claimed: [0] }), outcomeOf: () => OUTCOME });
    expect(await source.next(9)).toEqual([PER_ENGINE]);
    const pending = source.next(9);
    await source.headGiven;
    source.settled?.(task(0, "a"), OUTCOME);
    expect(await pending).toEqual([task(1, "b")]);
  });

  test("hears where tasks stand that engines have or that wait, and hands on all else that there is to hear", async () => {
    const inner = new DependentSource(items, new Map());
    const heard: string[] = [];
    const note =
      (what: string) =>
      ({ id }: { readonly id: number }): void =>
        void heard.push(`${what} ${id}`);
    const printed = (): number => 7;
    const hears = { assigned: note("assigned"), retrying: note("retrying"), printed, tally: () => [] };
    Object.assign(inner, hears, { expected: 9, taskOf: (id: number) => task(id, "whole") });
    const standing = (id: number) => (id === 0 ? "assigned" : id === 1 ? "retrying" : undefined);
    const source = recoveredSource(inner, { ...behind({ claimed: [0, 1] }), outcomeOf: () => OUTCOME, standing });
    source.assigned?.(task(1, "b"));
    expect(heard).toEqual([]);
    expect(await source.next(9)).toEqual([PER_ENGINE, task(2, "c")]);
    source.assigned?.(task(1, "b"));
    source.retrying?.(task(2, "c"));
    expect(heard).toEqual(["assigned 0", "retrying 1", "assigned 1", "retrying 2"]);
    expect([source.expected, source.tally?.(), source.taskOf?.(4)]).toEqual([9, [], task(4, "whole")]);
    expect(source.printed?.(task(0, "a"), 1, 0, new Uint8Array())).toBe(7);
  });

  test("cannot do without the outcomes of before", () => {
    expect(() => recoveredSource(new DependentSource(items, after), behind({ settled: [0] }))).toThrow("outcomes");
  });
});

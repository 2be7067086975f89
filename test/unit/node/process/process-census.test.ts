import { describe, expect, test } from "vitest";
import { ENGINE_MARK } from "../../../../src/domain/engine.ts";
import { type CountedTask, ProcessCensus } from "../../../../src/node/process/process-census.ts";
import { FakeProc, type FakeProcess } from "./fake-proc.ts";

const ENGINE = "e1";
const SELF = 50;
/** Ticks; the engine was started then. */
const ENGINE_START = 500;

function setUp(processes: Readonly<Record<number, FakeProcess>>) {
  const proc = new FakeProc();
  proc.set(SELF, { startTime: ENGINE_START });
  for (const [pid, process] of Object.entries(processes)) proc.set(Number(pid), process);
  const census = new ProcessCensus<CountedTask>(ENGINE, proc.root, SELF);
  return { proc, look: (...tasks: CountedTask[]) => census.look(tasks) };
}

const task = (taskId: number, group: number): CountedTask => ({ taskId, group, attempt: 1, slot: 0 });

function marks(taskId: number, { engine = ENGINE, attempt = 1 } = {}): Readonly<Record<string, string>> {
  return {
    [ENGINE_MARK]: engine,
    DISBATCH_TASKID: String(taskId),
    DISBATCH_ATTEMPT: String(attempt),
    DISBATCH_CYLINDER_RANK: "0",
  };
}

describe("the processes of a task are", () => {
  const one = task(1, 100);
  const two = task(2, 200);

  test("its group, and what descends from that in other groups", () => {
    const { look } = setUp({
      100: { parent: SELF },
      101: { parent: 100, group: 100 },
      102: { parent: 101, group: 102 },
      103: { parent: 102, group: 103 },
      200: { parent: SELF },
      300: {},
    });
    const found = look(one, two);
    expect(found.get(one)).toEqual([100, 101, 102, 103]);
    expect(found.get(two)).toEqual([200]);
  });

  test("what has left it in every other way, by its environment", () => {
    const { look } = setUp({
      100: {},
      150: { environ: marks(1) },
      151: { environ: marks(2) },
      152: { environ: marks(1, { attempt: 2 }) },
      153: { environ: marks(1, { engine: "e2" }) },
      154: { environ: marks(1, { engine: `e0:${ENGINE}` }) },
      155: { environ: marks(1, { engine: `${ENGINE}:e9` }) },
    });
    expect(look(one).get(one)).toEqual([100, 150, 154]);
  });

  test("still its own when their parents have gone", () => {
    const { look, proc } = setUp({ 100: {}, 101: { parent: 100, group: 101 } });
    look(one);
    proc.set(101, { parent: 1, group: 101 });
    proc.set(102, { parent: 101, group: 102 });
    expect(look(one).get(one)).toEqual([100, 101, 102]);
  });

  test("none that have ended, zombies included, and none that are older than the engine", () => {
    const { look } = setUp({
      100: {},
      101: { parent: 100, group: 100, state: "Z" },
      150: { environ: marks(1), startTime: ENGINE_START - 1 },
    });
    expect(look(one).get(one)).toEqual([100]);
  });

  test("known once the task is, though they were there before", () => {
    const { look } = setUp({ 100: { environ: marks(1) }, 101: { parent: 100, group: 101, environ: marks(1) } });
    expect(look().size).toBe(0);
    expect(look(one).get(one)).toEqual([100, 101]);
  });

  test("not those of an earlier task whose process had the same number", () => {
    const { look, proc } = setUp({ 100: {} });
    look(one);
    proc.remove(100);
    look();
    proc.set(100, {});
    const again = task(3, 100);
    expect(look(again).get(again)).toEqual([100]);
  });
});

test("processes that are known are not read again", () => {
  const { look, proc } = setUp({ 100: {}, 300: {} });
  const one = task(1, 100);
  look(one);
  // Were it read again, it would be the task's.
  proc.set(300, { group: 100 });
  expect(look(one).get(one)).toEqual([100]);
});

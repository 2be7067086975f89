import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Halt } from "../../../../src/core/scheduler/halt.ts";
import { formatHaltPolicy, type HaltPolicy, readHaltPolicy } from "../../../../src/domain/halt-policy.ts";
import { tasks } from "./items.ts";
import { ModelRun } from "./model-run.ts";
import { earlierState, said, SteppedRun } from "./stepped-run.ts";

function policy(text: string): HaltPolicy {
  const read = readHaltPolicy(text);
  if (read === undefined) throw new Error(`no policy: ${text}`);
  return read;
}

const anyPolicy: fc.Arbitrary<HaltPolicy> = fc
  .record({
    when: fc.constantFrom("soon" as const, "now" as const),
    on: fc.constantFrom("fail" as const, "success" as const, "done" as const),
    count: fc.integer({ min: 1, max: 30 }),
    isPercent: fc.boolean(),
  })
  .filter(({ count, isPercent }) => !isPercent || count <= 100);

describe("a policy", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(anyPolicy, (one) => {
        expect(readHaltPolicy(formatHaltPolicy(one))).toEqual(one);
      }),
    );
  });

  test.each([
    "",
    "never",
    "soon",
    "soon,fail",
    "now,fail=0",
    "now,fail=-1",
    "now,fail=1.5",
    "soon,done=101%",
    "fail=1",
    "NOW,fail=1",
  ])("%j means nothing", (text) => {
    expect(readHaltPolicy(text)).toBeUndefined();
  });

  test("of a part of all tasks waits until their number is known", () => {
    const halt = new Halt(policy("soon,fail=30%"));
    for (let i = 0; i < 3; i++) halt.note(true);
    expect(halt.due).toBeUndefined();
    halt.noteTotal(11);
    expect([halt.due, halt.remaining]).toEqual([undefined, 1]);
    halt.note(true);
    expect(halt.due).toEqual({ when: "soon", reason: "enough-failed" });
  });

  test("goes on where an earlier driver has counted to", () => {
    const run = new SteppedRun(tasks(3), { engines: [1], halt: policy("soon,success=2") });
    const commands = run.do((scheduler) => scheduler.start(earlierState({ succeeded: 2 })));
    expect(commands).toEqual([
      { type: "draining", reason: "enough-succeeded" },
      { type: "end", reason: "enough-succeeded" },
    ]);
  });

  test("lets what runs finish when it says soon, and has it ended when it says now", () => {
    for (const [text, what] of [
      ["soon,done=1", "draining"],
      ["now,done=1", "terminating"],
    ] as const) {
      const run = SteppedRun.begin(tasks(3), { engines: [2], halt: policy(text) });
      expect(said(run.settle(0, [0]))[0]).toBe(what);
    }
  });
});

test("a run ends with the outcome that its policy waits for, and starts nothing after it", () => {
  const runs = fc.record({
    halt: anyPolicy,
    count: fc.integer({ min: 1, max: 25 }),
    failing: fc.array(fc.integer({ min: 0, max: 24 }), { maxLength: 25 }),
    engines: fc.array(fc.record({ slots: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 3 }),
    elapsed: fc.constantFrom(0.001, 10),
    choices: fc.array(fc.nat(1000), { minLength: 1, maxLength: 40 }),
  });
  fc.assert(
    fc.property(runs, ({ halt, count, failing, ...options }) => {
      const failed = new Set(failing);
      const run = new ModelRun({ ...options, items: tasks(count), failing: failed, halt });
      run.apply(run.scheduler.noteTotal(count));
      run.run();
      const { on, isPercent } = halt;
      const most = isPercent ? Math.max(1, Math.ceil((count * halt.count) / 100)) : halt.count;
      const counts = (id: number): boolean => on === "done" || failed.has(id) === (on === "fail");
      const enough = [...Array(count).keys()].filter(counts).length >= most;
      expect(run.end === "done").toBe(!enough);
      if (!enough) return;
      const at = run.log.findIndex(
        (_, i) =>
          run.log.slice(0, i + 1).filter((word) => /^finish:/.test(word) && counts(Number(word.slice(7)))).length >=
          most,
      );
      expect(run.log.slice(at).filter((word) => /^assign:/.test(word))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf } from "../../../../src/faces/terminal/text.ts";
import { differenceLines } from "../../../../src/faces/workflow/difference-lines.ts";
import { planLines, plannedLines } from "../../../../src/faces/workflow/plan-lines.ts";
import { storyLines } from "../../../../src/faces/workflow/story-lines.ts";
import type { Plan, PlannedGroup, PlannedReason } from "../../../../src/workflows/views/plan.ts";

const REASONS: readonly PlannedGroup[] = [
  {
    fate: "changed",
    reason: { kind: "changed", changes: [{ part: "input", name: "raw", path: "raw/1.csv", how: "changed" }] },
    count: 4,
  },
  { fate: "again", reason: { kind: "follows", instance: "fetch[day=2]" }, count: 3 },
];

const PLAN: Plan = {
  workflow: "weather",
  run: 3,
  prefix: "/home/you/weather",
  templates: [
    { name: "days", counts: { never: 1 }, reasons: [], awaits: [], generates: "day" },
    { name: "fetch", counts: { stays: 7, failed: 2 }, reasons: [], awaits: ["days"] },
    { name: "clean", counts: { again: 3, changed: 4 }, reasons: REASONS, awaits: ["days"] },
    { name: "more", counts: { forced: 1 }, reasons: [], awaits: [], generates: "tasks" },
    { name: "tell", counts: { depends: 1 }, reasons: [], awaits: [] },
  ],
};

describe("the lines of a plan", () => {
  test("count by task and reason, and say what only generators will tell", () => {
    expect(planLines(PLAN, undefined)).toEqual([
      "weather, run 3: 11 instances to run so far, 7 already done, 1 only if something fails",
      "",
      "task   all  never ran  failed before  changed  a need runs again  forced  only on failure  stays done",
      "days     1          1",
      "fetch   9+                         2                                                                7",
      "clean   7+                                  4                  3",
      "more     1                                                             1",
      "tell     1                                                                              1",
      "",
      "clean: 4 run because input raw changed, such as raw/1.csv",
      "clean: 3 run because fetch runs again",
      "",
      "days will tell how many instances there are of fetch, clean",
      "more makes tasks: which ones is known when it has run",
    ]);
  });

  test("tell of files what only a run will tell, and what is missing", () => {
    const of = (
      name: string,
      fate: "perhaps" | "missing" | "blocked" | "reused",
      reasons: readonly PlannedReason[] = [],
    ): Plan["templates"][number] => {
      const groups = reasons.map((reason) => ({ fate, reason, count: 1 }));
      return { name, counts: { [fate]: 1 }, reasons: groups, awaits: [] };
    };
    const templates = [
      of("raw", "missing", [{ kind: "missing", path: "raw/1.csv" }]),
      of("clean", "perhaps", [{ kind: "unless", instance: "fetch[day=1]" }]),
      of("sum", "perhaps", [{ kind: "if", instance: "clean[day=1]" }]),
      of("old", "reused"),
      of("late", "blocked"),
    ];
    const lines = planLines({ ...PLAN, templates }, undefined);
    expect(lines[0]).toBe(
      "weather, run 3: 0 instances to run, 2 may run, 1 reused, 0 already done, 1 missing, 1 blocked",
    );
    expect(lines.slice(-3)).toEqual([
      "raw: 1 missing: others make raw/1.csv",
      "clean: 1 runs unless fetch[day=1] makes the same again",
      "sum: 1 runs if clean[day=1] runs",
    ]);
    expect(
      plannedLines([{ name: "sum", fate: "perhaps", reason: { kind: "if", instance: "clean[day=1]" } }], 0, undefined),
    ).toEqual(["may run: sum, if clean[day=1] runs"]);
  });

  test("are words where a table has no room", () => {
    const lines = planLines(PLAN, 40);
    expect(lines.every((line) => columnsOf(line) <= 40)).toBe(true);
    expect(lines).toContain("  2 failed before, 7 stays done");
  });

  test("say so when nothing is to be run", () => {
    const plan = { ...PLAN, templates: [{ name: "fetch", counts: { stays: 7 }, reasons: [], awaits: [] }] };
    expect(planLines(plan, undefined)[0]).toBe("weather, run 3: 0 instances to run, 7 already done");
    expect(planLines({ ...PLAN, templates: [] }, undefined)).toEqual([
      "weather, run 3: 0 instances to run, 0 already done",
    ]);
  });

  test("fit any terminal and act on none, whatever names there are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 40, max: 200 }), (name, width) => {
        const plan = { ...PLAN, templates: [{ name, counts: { never: 1 }, reasons: [], awaits: [] }] };
        const lines = [...planLines(plan, width), ...plannedLines([{ name, fate: "never" }], 1, width)];
        // oxlint-disable-next-line no-control-regex
        expect(lines.every((line) => columnsOf(line) <= width && !/[\u0000-\u001f\u007f-\u009f]/.test(line))).toBe(
          true,
        );
      }),
    );
  });

  test("list instances, and how many more there are", () => {
    const instances = [
      { name: "fetch[day=2031-01-03]", fate: "failed" },
      { name: "clean[day=2031-01-03]", fate: "again" },
    ] as const;
    expect(plannedLines(instances, 98, undefined)).toEqual([
      "failed before: fetch[day=2031-01-03]",
      "a need runs again: clean[day=2031-01-03]",
      "and 98 more",
    ]);
  });
});

test("the story of an instance goes down to the first cause", () => {
  const story = {
    name: "report",
    template: "report",
    state: "blocked",
    because: [
      { name: "clean[day=2]", state: "blocked" },
      { name: "fetch[day=2]", state: "failed" },
    ],
    needs: {
      count: 3,
      counts: { done: 2, blocked: 1 },
      list: [{ name: "clean[day=2]", state: "blocked" }],
    },
    neededBy: { count: 0, counts: {}, list: [] },
  } as const;
  expect(storyLines(story)).toEqual([
    "  blocked: something that it needs has not succeeded",
    "  because of clean[day=2]: blocked",
    "  which is so because of fetch[day=2]: failed",
    "needs 3 instances: 2 done, 1 blocked",
    "  clean[day=2]: blocked",
    "  and 2 more",
    "needed by nothing",
  ]);
});

test("the difference of two runs names what changed, and what became of instances", () => {
  const lines = differenceLines({
    runs: [1, 2],
    document: {
      added: ["new"],
      removed: ["old\u001b[2J"],
      params: [{ name: "n", before: "7", after: undefined }],
      changed: [
        { name: "clean", changes: [{ what: "script" }, { what: "env", name: "MODE" }, { what: "param", name: "n" }] },
      ],
    },
    values: [{ axis: "day", added: ["1", "2", "3", "4", "5", "6", "7"], removed: ["0"] }],
    instances: {
      moves: [{ template: "fetch", before: "failed", after: "done", count: 2 }],
      list: [{ name: "fetch[day=1]", before: "failed", after: "done" }],
      more: 1,
    },
  });
  expect(lines).toEqual([
    "run 1 to run 2:",
    "  task new: added",
    "  task old\\e[2J: removed",
    "  parameter n: 7 to none",
    "  task clean: script, env MODE, param n changed",
    "  axis day: 7 values added (1, 2, 3, 4, 5 and 2 more), 1 value removed (0)",
    "  fetch: 2 instances failed to done",
    "    fetch[day=1]: failed to done",
    "    and 1 more",
  ]);
  const none = { moves: [], list: [], more: 0 };
  const same = { added: [], removed: [], changed: [], params: [] };
  expect(differenceLines({ runs: [3, 4], document: same, values: [], instances: none })).toEqual([
    "run 3 to run 4: no difference",
  ]);
});

import { describe, expect, test } from "vitest";
import type { TemplateTally } from "../../../../src/domain/instance-state.ts";
import { templateLines } from "../../../../src/faces/terminal/templates.ts";

const TALLIES: readonly TemplateTally[] = [
  { name: "days", counts: { done: 1 }, isGrowing: false },
  { name: "fetch", counts: { done: 5, failed: 1, running: 2 }, isGrowing: true },
  { name: "a/very/long/group/with/its/task\u001b[2J", counts: { blocked: 1 }, isGrowing: false },
];

describe("lines about the tasks of a workflow", () => {
  test("are a table of the states that there are", () => {
    expect(templateLines(TALLIES, 2, undefined)).toEqual([
      "task                                  all  running  done  failed  blocked",
      "days                                    1              1",
      "fetch                                  8+        2     5       1",
      "a/very/long/group/with/its/task\\e[2J    1                               1",
      "and 2 more tasks",
    ]);
  });

  test("cut names that have too little room", () => {
    const lines = templateLines(TALLIES, 0, 60);
    expect(lines.every(({ length }) => length <= 60)).toBe(true);
    expect(lines[3]).toMatch(/^a\/very\/long.*\.\.\. {2}/);
  });

  test("are words where a table has no room", () => {
    expect(templateLines(TALLIES, 0, 40)).toEqual([
      "days (1)",
      "  1 done",
      "fetch (8+)",
      "  2 running, 5 done, 1 failed",
      "a/very/long/group/with/its/task\\e[2J (1)",
      "  1 blocked",
    ]);
  });

  test("leave out tasks of which the run wants nothing", () => {
    const unwanted = { name: "unwanted", counts: {}, isGrowing: false };
    expect(templateLines([unwanted, ...TALLIES], 2, undefined)).toEqual(templateLines(TALLIES, 2, undefined));
  });

  test("say so when there is no task", () => {
    expect(templateLines([], 0, 80)).toEqual(["no task yet"]);
  });
});

import { expect, test, vi, onTestFinished } from "vitest";
import { columnsOf } from "../../../../src/faces/terminal/text.ts";
import { type WorkflowStatus, workflowStatusLines } from "../../../../src/faces/workflow/status-lines.ts";

const STATUS: WorkflowStatus = {
  name: "weather",
  run: 3,
  state: "driver died on login1",
  began: 1_700_000_000,
  file: "/home/you/weather.yaml",
  tallies: [
    { name: "days", counts: { done: 1 }, isGrowing: false },
    { name: "fetch", counts: { done: 5, failed: 1, ready: 2 }, isGrowing: true },
    { name: "report", counts: { blocked: 1 }, isGrowing: false },
  ],
  goOn: { what: "to go on, on login1", command: "disbatch recover /home/you/weather" },
};

function linesOf(width: number | undefined): readonly string[] {
  vi.stubEnv("TZ", "UTC");
  onTestFinished(() => void vi.unstubAllEnvs());
  return workflowStatusLines(STATUS, width);
}

test("a workflow that no driver tells of is told by its records, with the command that goes on", () => {
  expect(linesOf(undefined)).toEqual([
    "weather: run 3 of /home/you/weather.yaml, driver died on login1, begun 2023-11-14 22:13:20",
    "6 of 10 instances known so far done, 1 failed, 1 blocked, 2 left",
    "",
    "task    all  ready  done  failed  blocked",
    "days      1            1",
    "fetch    8+      2     5       1",
    "report    1                             1",
    "",
    "to go on, on login1: disbatch recover /home/you/weather",
  ]);
});

test.each([40, 60, 200])("its lines fit %d columns, but for the command", (width) => {
  const lines = linesOf(width);
  expect(lines.slice(0, -1).every((line) => columnsOf(line) <= width)).toBe(true);
  expect(lines.at(-1)).toContain("disbatch recover /home/you/weather");
});

test("of very many tasks those are told first of which something is to be told", () => {
  const tallies = Array.from({ length: 1000 }, (_, i) => ({
    name: `t${i}`,
    counts: i === 900 ? { failed: 1 } : { done: 1 },
    isGrowing: false,
  }));
  const lines = workflowStatusLines({ ...STATUS, tallies }, undefined);
  expect(lines).toContain("and 744 more tasks");
  expect(lines.filter((line) => /^t\d+ /.test(line)).at(-1)).toMatch(/^t900 +1 +1$/);
});

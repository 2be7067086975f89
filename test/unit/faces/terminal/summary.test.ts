import { describe, expect, it } from "vitest";

import { exited, signalled } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { summary, type SummaryOptions } from "../../../../src/faces/terminal/summary.ts";
import { columnsOf } from "../../../../src/faces/terminal/text.ts";
import { ended, finished, interrupted, joined, resultOf, skipped, START, started } from "./events.ts";

const RESUME = "disbatch -r /x/run_status.txt Tasks";
const RETRY = "disbatch -R -r /x/run_status.txt Tasks";

function linesOf(events: readonly RunEvent[], options: Partial<SummaryOptions> = {}): string[] {
  const counts = new RunState();
  for (const event of events) counts.handle(event);
  return summary(counts, {
    width: 200,
    statusFile: "/x/run_status.txt",
    resumeCommand: RESUME,
    retryCommand: RETRY,
    ...options,
  });
}

function tasks(from: number, until: number): RunEvent[] {
  return Array.from({ length: until - from }, (_, i) => finished(from + i, { finish: START + 0.02 }));
}

const STATUS = "disbatch: status file: /x/run_status.txt";
const failing = finished(
  17,
  { ending: exited(3), error: { bytes: 25, snippet: "cannot open input.dat: no\n" } },
  "./sim 17 --seed 3",
);

describe("summary", () => {
  it("is two lines for one task", () => {
    expect(linesOf([started(1), joined(0, 1), finished(0), ended(0.05)])).toEqual([
      "disbatch: 1 task done in 0.05 s",
      STATUS,
    ]);
  });

  it("says how many tasks were done in which time, how fast, and how busy the slots were", () => {
    expect(linesOf([started(1000), joined(0, 2), ...tasks(0, 1000), ended(12.4)])[0]).toBe(
      "disbatch: 1000 tasks done in 12.4 s (80.6/s, slots 81 % busy)",
    );
  });

  it("shows failed tasks with their place, outcome, command and error output, and how to run them again", () => {
    expect(linesOf([started(18), joined(0, 2), ...tasks(0, 17), failing, ended(2)])).toEqual([
      "disbatch: 18 tasks done, 1 failed, in 2.0 s (9.0/s, slots 33 % busy)",
      "  task 17 (line 18): exit 3: ./sim 17 --seed 3  error: cannot open input.dat: no",
      STATUS,
      `disbatch: to run the failed ones again: ${RETRY}`,
    ]);
  });

  it("shows failed tasks in the order of the list, whichever of them ended first", () => {
    const failures = [3, 1, 2].map((id) => finished(id, { ending: exited(1) }));
    const lines = linesOf([started(4), joined(0, 2), ...failures, ended(4)]);
    expect(lines.flatMap((line) => /task (\d) /.exec(line)?.[1] ?? [])).toEqual(["1", "2", "3"]);
  });

  it("counts instances that are reused apart from those that were run, also where they have got a row", () => {
    const workflow = { failed: 0, allowed: 0, blocked: 0, skipped: 0, reused: 2, firstBlocked: [] };
    expect(linesOf([started(2), joined(0, 1), finished(0), skipped(1), ended(0.05)], { workflow })[0]).toBe(
      "disbatch: 1 task done, 2 reused, in 0.05 s",
    );
  });

  it("stacks the parts of a failure on a narrow terminal", () => {
    expect(linesOf([started(18), joined(0, 2), ...tasks(0, 17), failing, ended(2)], { width: 40 })).toEqual([
      "disbatch: 18 tasks done, 1 failed, in",
      "  2.0 s (9.0/s, slots 33 % busy)",
      "  task 17 (line 18): exit 3",
      "    ./sim 17 --seed 3",
      "    error: cannot open input.dat: no",
      STATUS,
      `disbatch: to run the failed ones again: ${RETRY}`,
    ]);
  });

  it.each([40, 80, 200])("keeps within %d columns, whatever the tasks are called and said", (width) => {
    const error = { bytes: 500, snippet: `${"数".repeat(40)}...\u001b[31m${"é".repeat(40)}` };
    const long = finished(1, { ending: signalled(9), error }, `echo ${"x".repeat(100_000)}`);
    const more = Array.from({ length: 8 }, (_, i) => finished(i + 2, { ending: exited(1) }));
    const lines = linesOf([started(10), joined(0, 2), finished(0), long, ...more, ended(100)], { width });
    const widest = Math.max(...lines.filter((line) => !line.includes("/x/run_status.txt")).map(columnsOf));
    expect(widest).toBeLessThanOrEqual(width);
  });

  it("breaks neither a path nor a command line, so that they can be copied", () => {
    const statusFile = `/${"long/".repeat(50)}status.txt`;
    expect(linesOf([started(1), ended(1, "interrupted")], { width: 40, statusFile })).toContain(
      `disbatch: status file: ${statusFile}`,
    );
  });

  it("counts the failures that it does not show, and says how to see them, in a line that can be copied", () => {
    const failures = Array.from({ length: 42 }, (_, i) => finished(i, { ending: exited(1) }));
    const failuresCommand = `disbatch report --failed /${"long/".repeat(20)}run`;
    const lines = linesOf([started(42), joined(0, 2), ...failures, ended(42)], { width: 80, failuresCommand });
    expect(lines[0]).toContain("42 tasks done, all failed,");
    expect(lines.filter((line) => line.startsWith("  task "))).toHaveLength(5);
    expect(lines).toContain(`  and 37 more, by kind: ${failuresCommand}`);
  });

  it("shows a failed per-engine command, with its node", () => {
    const command = { kind: "per-engine", when: "start", id: 0, line: 1, command: "module load x" } as const;
    const result = resultOf(0, { ending: exited(127) });
    const lines = linesOf([
      started(1),
      joined(0, 1),
      { type: "per-engine-finished", time: START, command, result },
      finished(0),
      ended(1),
    ]);
    expect(lines.slice(0, 2)).toEqual([
      "disbatch: 1 task done, 1 per-engine command failed, in 1.0 s",
      "  per-engine start command 0 (line 1) on n1: exit 127: module load x",
    ]);
  });

  it("says why a run ended early, what was not run, and how to run the rest", () => {
    const events = [started(10), joined(0, 2), ...tasks(0, 4), interrupted(4), ended(5, "interrupted")];
    expect(linesOf(events)).toEqual([
      "disbatch: 4 of 10 tasks done, 1 cut short, 5 not run, in 5.0 s (48.0/min, slots 11 % busy)",
      "disbatch: ended early: interrupted",
      STATUS,
      `disbatch: to run the rest: ${RESUME}`,
    ]);
  });

  it("says what was not run of a list that more could be submitted to", () => {
    const counts = new RunState();
    counts.openList = { isEnded: false, ids: 4, tasks: 3 };
    for (const event of [started(), joined(0, 1), ...tasks(0, 1), interrupted(1), ended(5, "interrupted")])
      counts.handle(event);
    const [line] = summary(counts, { width: 200, statusFile: "/x/run_status.txt" });
    expect(line).toBe("disbatch: 1 of 3 tasks done, 1 cut short, 1 not run, in 5.0 s");
  });

  it("says how to run the failed ones with the rest, unless the command does", () => {
    const events = [started(10), joined(0, 2), failing, ended(5, "failed-fast")];
    expect(linesOf(events).at(-1)).toBe(`disbatch: to run the rest (add -R for the failed ones, too): ${RESUME}`);
    expect(linesOf(events, { resumeCommand: RETRY }).at(-1)).toBe(
      `disbatch: to run the rest, and the failed ones again: ${RETRY}`,
    );
  });

  it("promises no rest of a list of which all has run that was submitted", () => {
    const counts = new RunState();
    counts.openList = { isEnded: true, ids: 4, tasks: 4 };
    for (const event of [started(), joined(0, 1), ...tasks(0, 4), ended(5, "interrupted")]) counts.handle(event);
    const options = { width: 200, statusFile: "/x/run_status.txt", resumeCommand: RESUME, retryCommand: RETRY };
    expect(summary(counts, options).slice(1)).toEqual(["disbatch: ended early: interrupted", STATUS]);
    expect(summary(counts, { ...options, takesMore: true }).at(-1)).toBe(`disbatch: to go on: ${RESUME}`);
    counts.openList = { isEnded: true, ids: 5, tasks: 5 };
    expect(summary(counts, options).at(-1)).toBe(`disbatch: to run the rest: ${RESUME}`);
  });

  it("offers to go on with a stream whose end it has not seen", () => {
    expect(linesOf([started(), joined(0, 1), ...tasks(0, 4), ended(5, "no-engines")]).slice(1)).toEqual([
      "disbatch: ended early: no engine is left to run tasks",
      STATUS,
      `disbatch: to run the rest: ${RESUME}`,
    ]);
  });

  it("tells tasks of an earlier run from those of this one", () => {
    expect(linesOf([started(4), joined(0, 1), skipped(0), skipped(1, 1), ...tasks(2, 4), ended(1)])[0]).toBe(
      "disbatch: 4 tasks done, 2 in an earlier run (1 of them failed), in 1.0 s (2.0/s, slots 4 % busy)",
    );
  });

  it("says that nothing was left to do", () => {
    expect(linesOf([started(2), skipped(0), skipped(1), ended(0.2)])).toEqual([
      "disbatch: nothing left to do: all 2 tasks were done in an earlier run",
      STATUS,
    ]);
  });
});

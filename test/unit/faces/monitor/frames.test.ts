import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { frame } from "../../../../src/faces/monitor/frame.ts";
import { textOf } from "../../../../src/faces/monitor/line.ts";
import type { MonitorState } from "../../../../src/faces/monitor/state.ts";
import type { RunView } from "../../../../src/domain/watch.ts";
import { NOW, PretendedRun } from "../../../support/pretended-run.ts";
import { opened, pressed, typed } from "./opened.ts";

// Times of day are shown as they are here.
process.env["TZ"] = "UTC";

const GOLDENS = path.join(import.meta.dirname, "goldens");
const SIZES = [
  [200, 50],
  [100, 30],
  [60, 24],
  [40, 20],
  [20, 12],
] as const;

/** What is on the screen, and which keys lead there. */
const SCREENS: Readonly<Record<string, readonly string[]>> = {
  engines: [],
  failures: ["2"],
  running: ["3"],
  tasks: ["4"],
  "tasks-of-a-kind": ["2", "enter"],
  "errors-that-fit-a-filter": ["4", "e", "/", ...typed("node:node03"), "enter"],
  "a-task": [":", ...typed("167"), "enter", "enter"],
  slots: ["5"],
  help: ["?"],
  "run-again": ["r"],
  "stop-what": ["3", "x"],
  "stop-engine": ["E"],
};

/** What the file of that name has, which MONITOR_GOLDENS=1 writes anew. */
function golden(name: string, text: string): string {
  const file = path.join(GOLDENS, `${name}.txt`);
  if (process.env["MONITOR_GOLDENS"] === "1") {
    mkdirSync(GOLDENS, { recursive: true });
    writeFileSync(file, text);
  }
  return existsSync(file) ? readFileSync(file, "utf8") : "made by MONITOR_GOLDENS=1";
}

function screenText(state: MonitorState, columns: number, rows: number): string {
  return frame(state, columns, rows)
    .map((line) => `${textOf(line).trimEnd()}\n`)
    .join("");
}

describe.each(SIZES)("screens of %d columns and %d rows are as they were", (columns, rows) => {
  test.each(Object.entries(SCREENS))("%s", async (name, keys) => {
    const run = new PretendedRun();
    const state = await pressed(opened(run), run, keys, [columns, rows]);
    const text = screenText(state, columns, rows);
    expect(text).toBe(golden(`${name}-${columns}`, text));
  });
});

const STATES: Readonly<Record<string, Partial<RunView>>> = {
  "at-a-barrier": {
    barriers: { passed: 2, waiting: { line: 812, check: false, since: NOW - 80 } },
    stalls: [{ why: "barrier", line: 812, since: NOW - 80, running: 3, nodes: ["node01", "node02"] }],
  },
  draining: { phase: "draining", reason: "stopped", stalls: [{ why: "ending", phase: "draining", running: 24 }] },
  ended: { phase: "ended", reason: "done", ended: NOW },
};

test.each(Object.entries(STATES))("a run that is %s", async (name, view) => {
  const run = new PretendedRun();
  run.become(view);
  const text = screenText(await pressed(opened(run), run, []), 100, 24);
  expect(text).toBe(golden(name, text));
});

/** A workflow under way: something has failed, and a generator has not ended. */
const TEMPLATES: RunView["templates"] = {
  list: [
    { name: "days", counts: { running: 1 }, isGrowing: false },
    { name: "fetch", counts: { done: 1204, failed: 3, running: 12, retrying: 2, ready: 40 }, isGrowing: true },
    { name: "group/clean\u001b[2J", counts: { done: 1000, blocked: 3, waiting: 258 }, isGrowing: true },
    { name: "report-of-all-regions-and-of-all-their-days", counts: { waiting: 1 }, isGrowing: false },
    { name: "tell", counts: { skipped: 1 }, isGrowing: false },
  ],
  more: 12,
};

const WORKFLOW_SCREENS: Readonly<Record<string, readonly string[]>> = {
  workflow: [],
  "workflow-errors": ["e"],
  "workflow-instances": ["j", "enter"],
};

describe.each(SIZES)("a workflow, at %d columns and %d rows,", (columns, rows) => {
  test.each(Object.entries(WORKFLOW_SCREENS))("%s", async (name, keys) => {
    const run = new PretendedRun();
    run.become({ templates: TEMPLATES });
    const text = screenText(await pressed(opened(run), run, keys, [columns, rows]), columns, rows);
    expect(text).toBe(golden(`${name}-${columns}`, text));
  });
});

test("the tab of a workflow is sorted by what has failed, and by what is left", async () => {
  const run = new PretendedRun();
  run.become({ templates: TEMPLATES });
  const firstOf = async (...keys: readonly string[]): Promise<string | undefined> =>
    /▸ (\S+)/.exec(screenText(await pressed(opened(run), run, keys), 100, 30))?.[1];
  expect([await firstOf(), await firstOf(">"), await firstOf(">", ">")]).toEqual([
    "days",
    "fetch",
    "group/clean\\e[2J",
  ]);
});

test("a run that is no workflow has no tab for one", async () => {
  const run = new PretendedRun();
  const state = await pressed(opened(run), run, ["6", "7"]);
  expect([state.tab, screenText(state, 200, 30).includes("Workflow")]).toEqual(["log", false]);
});

const LOST = { state: "lost", since: -12, why: "nobody answers (connection refused)", hasDied: true } as const;
const RECOVER = "disbatch --recover /home/you/Tasks_042";

describe.each(SIZES)("a run that has lost its driver, at %d columns and %d rows,", (columns, rows) => {
  async function lostAt(...keys: readonly string[]): Promise<string> {
    const run = new PretendedRun();
    run.become({}, LOST);
    return screenText(await pressed(opened(run), run, keys, [columns, rows]), columns, rows);
  }

  test("does not look as if it lived, and says how to go on", async () => {
    const text = await lostAt();
    expect(text.split("\n")[0]).toMatch(/^ Tasks_042 {2}LOST\b/);
    expect(text).not.toMatch(/RUNNING|ETA|ready|rate|ECONNREFUSED|24 slots/);
    expect(text.replaceAll("\\\n", "")).toContain(RECOVER);
    expect(text).toBe(golden(`lost-${columns}`, text));
  });

  test("has the command on a page, too", async () => {
    const text = await lostAt("r");
    expect(text.replaceAll("\\\n", "")).toContain(RECOVER);
  });
});

test("a run that does not answer, and may live, is shown as it was, and since when", async () => {
  const run = new PretendedRun();
  run.become({}, { ...LOST, hasDied: false });
  const text = screenText(await pressed(opened(run), run, []), 100, 24);
  expect(text).toBe(golden("lost", text));
});

test("numbers of the header are all tasks", async () => {
  const run = new PretendedRun();
  const text = screenText(await pressed(opened(run), run, []), 100, 24);
  const [, good, bad, running, waiting] = /✔ ([\d,]+).*✗ (\d+).*▶ (\d+).*◌ ([\d,]+)/.exec(text) ?? [];
  const sum = [good, bad, running, waiting].reduce((all, each) => all + Number(each?.replace(",", "")), 0);
  expect(sum).toBe(5000);
});

test("an engine that is being stopped takes no more tasks, and of one that has left nothing is heard", async () => {
  const run = new PretendedRun();
  const [first, second, ...others] = run.view.engines;
  if (first === undefined || second === undefined) throw new Error("no engines");
  run.become({ engines: [{ ...first, stopping: true, running: 2 }, { ...second, state: "left" }, ...others] });
  const text = screenText(await pressed(opened(run), run, []), 100, 24);
  expect(text).toMatch(/node01 +stopping +now +0\/8/);
  expect(text).toMatch(/node02 +left +- +- /);
});

test("slots beyond those of an engine are shown while tasks run there", async () => {
  const run = new PretendedRun();
  const state = await pressed(opened(run), run, ["5"], [200, 30]);
  const task = { taskId: 4242, attempt: 1, slot: 9, start: NOW - 5 };
  const slots = state.slots.map((each) => (each.rank === 0 ? { ...each, tasks: [...each.tasks, task] } : each));
  const rowOf = (seen: MonitorState, columns: number): string =>
    screenText(seen, columns, 30)
      .split("\n")
      .find((line) => line.includes("0 node01")) ?? "";
  const cells = [state, { ...state, slots }].map((seen) => rowOf(seen, 60).match(/[▶▓·]/g)?.length);
  expect([rowOf({ ...state, slots }, 200).includes("4242 "), ...cells]).toEqual([true, 8, 10]);
});

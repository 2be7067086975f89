import { describe, expect, test } from "vitest";
import { frame } from "../../../../src/faces/monitor/frame.ts";
import { textOf } from "../../../../src/faces/monitor/line.ts";
import { press } from "../../../../src/faces/monitor/press.ts";
import { viewed } from "../../../../src/faces/monitor/receive.ts";
import { chosenTask } from "../../../../src/faces/monitor/rows.ts";
import type { MonitorState } from "../../../../src/faces/monitor/state.ts";
import { MIXED, PretendedRun, viewOf } from "../../../support/pretended-run.ts";
import { opened, pressed, typed } from "./opened.ts";

function shown(state: MonitorState): string {
  return frame(state, 100, 30).map(textOf).join("\n");
}

async function after(...keys: readonly string[]): Promise<MonitorState> {
  const run = new PretendedRun();
  return pressed(opened(run), run, keys);
}

describe("moving", () => {
  test("rows are chosen with the keys of the reference, of vi, and with arrows", async () => {
    expect((await after("4", "j", "down", "d", "k", "u")).lists.tasks.at).toBe(1);
  });

  test("pages go as far as the screen shows, and lists end where they end", async () => {
    const state = await after("4", "pagedown");
    expect(state.lists.tasks.at).toBe(state.pageRows);
    expect((await after("2", "pagedown")).lists.failures.at).toBe(3);
  });

  test("the last of all tasks can be gone to at once", async () => {
    const run = new PretendedRun();
    const state = await pressed(opened(run), run, ["4", "G"]);
    expect(chosenTask(state)?.id).toBe(4999);
    expect(run.queries.length).toBeLessThan(8);
    expect(chosenTask(await pressed(state, run, ["g"]))?.id).toBe(0);
  });

  test("pages that are far away are read when somebody comes there", async () => {
    const state = await after("4", ...Array.from({ length: 30 }, () => "pagedown"));
    expect(chosenTask(state)?.id).toBe(state.lists.tasks.at);
  });

  test("a task can be gone to, and those before it are there too", async () => {
    const run = new PretendedRun();
    const there = await pressed(opened(run), run, [":", ...typed("2345"), "enter"]);
    expect(chosenTask(there)?.id).toBe(2345);
    expect(
      chosenTask(
        await pressed(
          there,
          run,
          Array.from({ length: 40 }, () => "k"),
        ),
      )?.id,
    ).toBe(2305);
  });

  test("what is no TaskID is said to be none", async () => {
    expect(shown(await after(":", "x", "enter"))).toContain("x: a TaskID is a number");
  });

  test("a number that no task has is said to be none, and the list is not left empty", async () => {
    const beyond = await after(":", ...typed("99999"), "enter");
    expect(shown(beyond)).toContain("there is no task 99999, as far as is known");
    expect(chosenTask(beyond)?.id).toBe(0);
    const close = await after(":", ...typed("5003"), "enter");
    expect(shown(close)).toContain("there is no task 5003, as far as is known; the last one is 4999");
    expect(chosenTask(close)?.id).toBe(4999);
  });

  test("Tab and arrows go from tab to tab, around both ends", async () => {
    expect((await after("tab", "right")).tab).toBe("running");
    expect((await after("S-tab")).tab).toBe("log");
  });
});

describe("choosing what is shown", () => {
  test("a filter and errors only go together", async () => {
    const run = new PretendedRun();
    await pressed(opened(run), run, ["4", "/", ...typed("node:node02"), "enter", "e"]);
    expect(run.queries.at(-1)).toMatchObject({ node: "node02", states: ["failed"] });
  });

  test("errors only of a filter for running tasks are none, and the run is not asked", async () => {
    const run = new PretendedRun();
    const state = await pressed(opened(run), run, ["4", "/", ...typed("state:running"), "enter", "e"]);
    expect(shown(state)).toContain("nothing fits the filter");
    expect(run.queries.some(({ states }) => states?.length === 0)).toBe(false);
  });

  test("an empty list says which keys change that", async () => {
    expect(shown(await after("4", "/", ...typed("nowhere"), "enter"))).toContain(
      "nothing fits the filter (/ changes it, Esc leads back)",
    );
    const run = new PretendedRun({ tasks: 20, ended: 10, running: 2 });
    expect(shown(await pressed(opened(run), run, ["4", "e"]))).toContain("nothing has failed (e shows all)");
  });

  test("a word without a meaning is told", async () => {
    expect(shown(await after("4", "/", ...typed("line:15"), "enter"))).toContain("line: is looked for as text");
  });

  test("lists that begin with their smallest are marked otherwise than those that begin with their greatest", async () => {
    expect(shown(await after("4"))).toContain("sort: id ▲");
    expect(shown(await after("2"))).toContain("sort: count ▼");
  });

  test("a filter that means nothing is said to", async () => {
    expect(shown(await after("4", "/", ...typed("code:x"), "enter"))).toContain("code:x is no number");
  });

  test("the filter can be mended, left as it was, and taken away", async () => {
    const run = new PretendedRun();
    const set = await pressed(opened(run), run, ["4", "/", ...typed("seed 17x"), "backspace", "enter"]);
    expect(set.lists.tasks.filter).toBe("seed 17");
    const kept = await pressed(set, run, ["/", "z", "escape"]);
    expect(kept.lists.tasks.filter).toBe("seed 17");
    expect((await pressed(kept, run, ["escape"])).lists.tasks.filter).toBe("");
  });

  test("Enter on a kind of failure shows its tasks, and Enter on one of them all about it", async () => {
    const text = shown(await after("2", "enter", "enter"));
    expect(text).toContain("Task 17");
    expect(text).toContain("Killed: out of memory allocating 8589934592 bytes");
    expect(text).toContain("second line");
    expect(text).toContain("EARLIER ATTEMPTS");
  });

  test("what is kept of what a task has printed is shown instead of the snippets, and whether more was printed", async () => {
    const run = new PretendedRun();
    const kept = { stderr: { bytes: 9_000, text: "step 8\nno space left\n" }, stdout: { bytes: 5, text: "0.25\n" } };
    const text = shown(await pressed(opened(run), run, ["2", "enter", "enter"], [100, 30], kept));
    expect(text).toContain("STANDARD ERROR  9,000 bytes, the end of them");
    expect(text).toContain("no space left");
    expect(text).toMatch(/STANDARD OUTPUT {2}5 bytes\n.*0\.25/);
    expect(text).not.toContain("second line");
  });

  test("Esc leads from the tasks of a kind or an engine back to it, and the list of tasks is as it was", async () => {
    const run = new PretendedRun();
    const before = await pressed(opened(run), run, ["4", "/", ...typed("seed"), "enter", "2", "j", "enter"]);
    expect(before.tab).toBe("tasks");
    const back = await pressed(before, run, ["enter", "escape", "escape"]);
    expect([back.tab, back.lists.failures.at, back.lists.tasks.filter]).toEqual(["failures", 1, "seed"]);
    expect((await after("j", "enter", "escape")).tab).toBe("engines");
  });

  test("Esc leads nowhere after somebody has gone elsewhere by himself", async () => {
    const state = await after("2", "enter", "3", "4", "escape");
    expect([state.tab, state.lists.tasks.filter]).toEqual(["tasks", ""]);
  });

  test("Enter shows the whole of a long line of the log", async () => {
    const run = new PretendedRun();
    const line = `${"x".repeat(150)} the end`;
    const state = await pressed({ ...opened(run), log: [line] }, run, ["6", "enter"]);
    expect(shown(state)).toContain("the end");
  });

  test("of a task that runs it is said that its output comes later", async () => {
    expect(shown(await after("3"))).toContain("what it writes is kept when it has ended");
    expect(shown(await after("3", "enter"))).toContain("What it writes is not seen before it has ended");
  });

  test("a list that is on its way is not said to be empty", () => {
    expect(shown(press(opened(), "4").state)).not.toContain("no task has been read yet");
  });

  test("Ctrl-U clears what is typed", async () => {
    const run = new PretendedRun();
    const set = await pressed(opened(run), run, ["4", "/", ...typed("seed"), "enter"]);
    const other = await pressed(set, run, ["/", "C-u", ...typed("x"), "enter"]);
    expect(other.lists.tasks.filter).toBe("x");
  });

  test("Enter on an engine shows its tasks", async () => {
    expect((await after("j", "enter")).lists.tasks.filter).toBe("engine:1");
  });

  test("lists are sorted both ways around", async () => {
    expect((await after("2", ">")).lists.failures.sort).toBe(1);
    expect((await after("2", "<")).lists.failures.sort).toBe(2);
  });

  test("what is frozen stays until Space is pressed again", async () => {
    const run = new PretendedRun();
    const frozen = await pressed(opened(run), run, [" "]);
    const later = viewed(frozen, viewOf({ ...MIXED, ended: 4000 }), run.link, 5);
    expect(shown(later)).toContain("3,061/5,000");
    expect(shown(later)).toContain("FROZEN");
    expect(shown(press(later, " ").state)).toContain("4,000/5,000");
  });
});

describe("stopping", () => {
  test.each([
    { keys: ["3", "x", "t", "y"], request: { what: "task", id: 3061 } },
    { keys: ["j", "x", "e", "Y"], request: { what: "engine", rank: 1 } },
    { keys: ["j", "E", "Y"], request: { what: "engine", rank: 1 } },
    { keys: ["C", "Y"], request: { what: "context", label: "ssh0" } },
    { keys: ["x", "r", "Y"], request: { what: "run", kill: false } },
  ])("$keys asks for $request", async ({ keys, request }) => {
    const state = await after(...keys.slice(0, -1));
    expect(press(state, keys.at(-1) ?? "").wish).toEqual({ type: "stop", request });
  });

  test.each(["N", "C", "n", "escape"])("nothing is stopped after %s", async (key) => {
    const { state, wish } = press(await after("E"), key);
    expect(wish).toBeUndefined();
    expect(state.prompt).toBeUndefined();
  });

  test("other keys are no answer", async () => {
    const state = await after("E");
    expect(press(state, "q")).toEqual({ state, wish: undefined });
  });

  test("a run that has ended has nothing to stop", () => {
    const run = new PretendedRun();
    run.become({ phase: "ended" }, { state: "over" });
    expect(shown(press(opened(run), "E").state)).toContain("the run has ended: there is nothing to stop");
  });
});

describe("leaving", () => {
  test.each(["q", "C-c"])("%s leaves the monitor", (key) => {
    expect(press(opened(), key).wish).toEqual({ type: "quit" });
  });

  test("Ctrl-C leaves it also while something is typed", async () => {
    expect(press(await after("/"), "C-c").wish).toEqual({ type: "quit" });
  });

  test("s asks for plain lines, Ctrl-Z for the shell, Ctrl-L for a new screen", () => {
    expect(["s", "C-z", "C-l"].map((key) => press(opened(), key).wish?.type)).toEqual(["stream", "suspend", "redraw"]);
  });
});

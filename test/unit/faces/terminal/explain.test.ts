import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { NO_LEAK } from "../../../../src/domain/result.ts";
import type { RunView, Stall } from "../../../../src/domain/watch.ts";
import { dateAndTime } from "../../../../src/faces/terminal/dates.ts";
import { explainRun } from "../../../../src/faces/terminal/explain-run.ts";
import { type ExplainedRun, explainTask } from "../../../../src/faces/terminal/explain-task.ts";
import { stallWords } from "../../../../src/domain/stall-words.ts";
import type { RecordedAttempt } from "../../../../src/records/journal/task-history.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { viewOf } from "../../../../src/records/state/view.ts";
import { assigned, finished, joined, START, started, task } from "./events.ts";

const STALLS: readonly (readonly [Stall, string])[] = [
  [
    { why: "barrier", line: 17, since: START, running: 3, nodes: ["a", "b", "c", "d", "e"] },
    "the barrier of line 17 waits for 3 running tasks, on a, b, c, d and 1 more, for 1:00 so far",
  ],
  [{ why: "no-engines", awaited: true }, "no engine is in the run"],
  [{ why: "no-engines", awaited: false }, "no engine is in the run"],
  [{ why: "starting", engines: 1 }, "1 engine is there and not ready yet"],
  [{ why: "ending", phase: "draining", running: 2 }, "nothing new is started any more"],
  [{ why: "unreachable", nodes: ["n\u001b7"], reason: "no route" }, "n\\e7 cannot be reached: no route"],
  [{ why: "task-limit", contexts: ["SSH0"] }, "no more tasks may start on SSH0: the limit (-C) is reached"],
  [
    { why: "stopped", contexts: ["SSH1"], engines: [0, 4], running: 1 },
    "context SSH1 and engines 0, 4 have been told to start no more tasks, and 1 task still runs there",
  ],
  [
    { why: "stopped", contexts: [], engines: [3], running: 0 },
    "engine 3 has been told to start no more tasks, and no task runs there",
  ],
  [
    { why: "room", task: 3, needs: "8 cores", where: "engine 0, which lacks least for it, has 2 cores free" },
    "task 3 waits: it needs 8 cores, and engine 0, which lacks least for it, has 2 cores free",
  ],
  [{ why: "no-tasks", sourceEnded: true }, "all tasks have been given out"],
  [{ why: "no-tasks", sourceEnded: false }, "all tasks that have come so far have been given out"],
];

test.each(STALLS)("%j has words, and says what goes on", (stall, why) => {
  const words = stallWords(stall, START + 60, "./run_dbUtil.sh");
  expect(words.why).toBe(why);
  expect(words.until).toMatch(/^(?:it goes on|it starts|the run ends|the tasks|tasks|its tasks|other tasks) /);
});

function view(changes: Partial<RunView> = {}): RunView {
  const state = new RunState();
  const failed = finished(1, { ending: exited(2), error: { bytes: 5, snippet: "bad 1\u001b" } });
  for (const event of [started(9), joined(0, 2), assigned(0), assigned(1), finished(0), failed]) state.handle(event);
  const identity = { jobId: "run", taskFile: "Tasks", host: "login1", pid: 42 };
  return { ...viewOf(state, identity, START + 60), stalls: [], ...changes };
}

const HINTS = { utility: "./run_dbUtil.sh", explain: "disbatch explain run" };

describe("a run is explained", () => {
  test("while all is well", () => {
    const lines = explainRun(view({ tasks: { ...view().tasks, running: 2 } }), false, HINTS);
    expect(lines).toEqual([
      "run (tasks of Tasks) is running, for 1:00; its driver is process 42 on login1",
      "2 of 9 tasks done, 1 failed, 2 running on 2 slots, 5 waiting",
      "",
      "nothing holds it up: all slots have tasks",
      "",
      "failures:",
      "  1 task: exit 2: bad #\\e (n1; task 1)",
      "to see one of them: disbatch explain run 1",
    ]);
  });

  test("while engines are held back", () => {
    const [engine] = view().engines;
    if (engine === undefined) throw new Error("no engine");
    const engines = Array.from({ length: 6 }, (_, rank) => ({ ...engine, rank, heldBack: "the load is\u001b 9" }));
    const lines = explainRun(view({ kinds: [], engines }), false, HINTS).slice(3);
    expect(lines.slice(0, 2)).toEqual([
      "engine 0 on n0 starts no task for now: the load is\\e 9;",
      "  tasks start there when that is over",
    ]);
    expect(lines.slice(8)).toEqual(["2 more engines start no task for now;", "  disbatch status says why"]);
  });

  test("while nothing can start before the next try of a task", () => {
    const tasks = { ...view().tasks, total: 4, retrying: 2 };
    const lines = explainRun(view({ tasks, kinds: [] }), false, HINTS);
    expect(lines.slice(1)).toEqual([
      "2 of 4 tasks done, 1 failed, 0 running on 2 slots, 2 to be tried again",
      "",
      "nothing holds it up: 2 tasks have failed, and wait for their next tries",
    ]);
    const one = { ...view().tasks, retrying: 1 };
    const barriers = { ...view().barriers, waiting: { line: 3, check: false, since: START } };
    expect(explainRun(view({ tasks: one, barriers, kinds: [] }), false, HINTS)).toContain(
      "nothing holds it up: 1 task has failed, and waits for its next try",
    );
    expect(explainRun(view({ tasks: one, kinds: [] }), false, HINTS)).toContain(
      "nothing holds it up: tasks are being started",
    );
  });

  test("when it stands still", () => {
    const stalls = STALLS.slice(0, 2).map(([stall]) => stall);
    const lines = explainRun(view({ stalls, kinds: [] }), false, HINTS);
    expect(lines.slice(2)).toEqual([
      "",
      "the barrier of line 17 waits for 3 running tasks, on a, b, c, d and 1 more, for 1:00 so far;",
      "  the tasks behind it start when these have ended",
      "no engine is in the run;",
      "  it goes on when somebody adds one: ./run_dbUtil.sh -s HOST:COUNT",
    ]);
  });

  test("when its driver has died, or it has ended", () => {
    const goOn = { what: "to go on", command: "disbatch --recover run" };
    expect(explainRun(view({ kinds: [] }), true, { ...HINTS, goOn })).toEqual([
      "run (tasks of Tasks) has lost its driver, process 42 on login1; its engines may still be there",
      "2 of 9 tasks done, 1 failed, 7 waiting",
      "",
      "to go on: disbatch --recover run",
    ]);
    const over = view({ phase: "ended", reason: "stopped", ended: START + 30, kinds: [] });
    expect(explainRun(over, false, HINTS)[0]).toBe("run (tasks of Tasks) ended early: stopped on request, after 0:30");
  });
});

const RUNNING: ExplainedRun = {
  jobId: "run",
  state: "running",
  now: START + 60,
  waitsFor: ["no engine is in the run"],
  hasRest: true,
};
const at = (changes: Partial<RecordedAttempt>): RecordedAttempt => ({
  ...{ attempt: 1, engine: 0, node: "n1", assigned: START, end: "under-way" },
  ...changes,
});
const FAILED = at({
  ...{ slot: 2, start: START, end: "finished", ended: START + 3 },
  result: {
    ending: exited(2),
    start: START,
    finish: START + 3,
    output: NO_LEAK,
    error: { bytes: 5, snippet: "a\u001b\nb\n" },
    pid: 7,
  },
});
const first = (lines: readonly string[]): string => lines[0] ?? "";

describe("a task is explained", () => {
  test("that failed, with what runs it again", () => {
    const goOn = { what: "to run the failed ones again", command: "cd / && disbatch -R" };
    const run: ExplainedRun = { ...RUNNING, state: "ended", waitsFor: [], folder: "/home/it's", retry: goOn };
    const lines = explainTask(
      5,
      { task: task(5, "./x 'a'\u001b"), attempts: [at({ end: "lost", ended: START, reason: "gone" }), FAILED] },
      run,
    );
    expect(lines.map((line) => line.replaceAll(/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}/g, "TIME"))).toEqual([
      "task 5 (line 6) of run: failed, exit 2",
      "  ./x 'a'\\e",
      "attempt 1: engine 0 on n1",
      "  given to the engine at TIME",
      "  its engine has gone: gone",
      "attempt 1: engine 0 on n1, slot 2",
      "  given to the engine at TIME, began at TIME, took 3.0 s",
      "  failed, exit 2, process 7",
      "  wrote 5 bytes to standard error: a\\e\\nb",
      "to run the failed ones again: cd / && disbatch -R",
      `by hand on n1: cd '/home/it'\\''s' && DISBATCH_TASKID=5 bash -c $'./x \\047a\\047\\033'`,
    ]);
  });

  test.each([
    ["waits", { attempts: [] }, RUNNING, "no engine has it yet: no engine is in the run"],
    ["runs", { attempts: [at({ start: START })] }, RUNNING, "runs on engine 0 on n1"],
    ["is held", { attempts: [at({})] }, RUNNING, "on engine 0 on n1, where it has no slot yet or has just begun"],
    [
      "waits for the time of its next try",
      { attempts: [at({ end: "failed", ended: START + 50, delay: 20 })] },
      RUNNING,
      `waits until ${dateAndTime(START + 70)} to be tried again`,
    ],
    [
      "could be tried again",
      { attempts: [at({ end: "failed", ended: START, delay: 20 })] },
      RUNNING,
      "waits to be tried again: no engine is in the run",
    ],
    [
      "waits again",
      { attempts: [at({ end: "returned" })] },
      RUNNING,
      "waits to be started again: no engine is in the run",
    ],
    [
      "was held",
      { attempts: [at({})] },
      { ...RUNNING, state: "dead" },
      "was on engine 0 on n1 when the driver died; it may still run there",
    ],
    [
      "was cut short",
      { attempts: [at({ end: "interrupted" })] },
      { ...RUNNING, state: "ended" },
      "cut short: the run ended before",
    ],
    [
      "was skipped",
      { attempts: [], skipped: { time: START, ending: exited(1) } },
      RUNNING,
      "done in an earlier run, failed, exit 1",
    ],
    [
      "is unknown",
      { attempts: [] },
      { ...RUNNING, state: "ended" },
      "nothing is recorded of it: the run ended before it was started, or there is no such task",
    ],
    [
      "was not run",
      { attempts: [] },
      { ...RUNNING, state: "ended", number: { total: 9, isBeyond: false, isSure: false } },
      "not run: the run ended before",
    ],
    [
      "there is none of",
      { attempts: [] },
      { ...RUNNING, state: "ended", number: { total: 5, isBeyond: true, isSure: true } },
      "there is no such task: the list has 5 tasks",
    ],
    [
      "there seems to be none of",
      { attempts: [] },
      { ...RUNNING, number: { total: 5, isBeyond: true, isSure: false } },
      "there is no such task: the list has 5 tasks, and barriers that are still to come have numbers, too",
    ],
    ["was stopped", { attempts: [{ ...FAILED, stopped: START + 1 }] }, RUNNING, "failed, exit 2, stopped on request"],
  ] as const)("that %s", (_what, history, run, words) => {
    expect(first(explainTask(5, history, run))).toBe(`task 5 of run: ${words}`);
  });

  test.each([
    [
      "met",
      /^5 is no task: it is the BARRIER CHECK of line 9, where the run has waited since .* for the tasks before it$/,
    ],
    ["passed", /^5 is no task: it is the BARRIER CHECK of line 9, which was passed at /],
    [
      "failed",
      /^5 is no task: it is the BARRIER CHECK of line 9, which ended the run at .*, since a task before it failed$/,
    ],
  ] as const)("that is a barrier which is %s", (state, words) => {
    const barrier = { kind: "barrier", id: 5, line: 9, check: true, text: "" } as const;
    const lines = explainTask(5, { attempts: [], barrier: { barrier, state, time: START } }, RUNNING);
    expect(lines).toHaveLength(1);
    expect(first(lines)).toMatch(words);
  });

  test("that runs, without a word of an end; of one whose driver has died the end is not recorded", () => {
    const history = { attempts: [at({ start: START, stopped: START + 1 })] };
    const living = explainTask(5, history, RUNNING).join("\n");
    expect(living).not.toContain("not recorded");
    expect(living).toMatch(/^ {2}somebody had it stopped at /m);
    expect(explainTask(5, history, { ...RUNNING, state: "dead" })).toContain("  its end is not recorded");
  });

  test("that was not run is told how to run the rest, and not how to run failed ones again", () => {
    const goOn = { what: "to run the rest", command: "disbatch -r" };
    const retry = { what: "to run the rest, and the failed ones again", command: "disbatch -r -R" };
    const run: ExplainedRun = { ...RUNNING, state: "ended", goOn, retry };
    expect(explainTask(5, { attempts: [] }, run).at(-1)).toBe("to run the rest: disbatch -r");
    const none = { ...run, number: { total: 5, isBeyond: true, isSure: true } };
    expect(explainTask(5, { attempts: [] }, none)).toHaveLength(1);
  });
});

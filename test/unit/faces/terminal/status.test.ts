import { expect, test } from "vitest";
import { formatStatus, type ToldSnapshot } from "../../../../src/faces/terminal/status.ts";

const snapshot: ToldSnapshot = {
  ...{ jobId: "run", taskFile: "Tasks", host: "alpha", pid: 4711, started: 1000, now: 1185.4, phase: "running" },
  tasks: { total: 1000, succeeded: 90, failed: 2, skipped: 8, running: 6 },
  contexts: [
    { label: "SSH0", nodes: ["alpha", "n1", "n2", "n3", "n4", "n5"], stopped: false },
    { label: "left", nodes: ["beta"], tasksLeft: 12, stopped: true },
    { label: "right", nodes: ["gamma"], tasksLeft: 12, stopped: false },
    { label: "halted", nodes: ["delta"], stopped: true },
  ],
  engines: [
    {
      ...{ rank: 0, node: "alpha", pid: 1, context: "SSH0", slots: 4, state: "ready", stopping: false },
      ...{ running: 4, tasks: [], finished: 80, failed: 0 },
    },
    {
      ...{ rank: 1, node: "n1", pid: 1, context: "SSH0", slots: 16, state: "starting", stopping: false },
      ...{ running: 0, tasks: [], finished: 0, failed: 0 },
    },
    {
      ...{ rank: 10, node: "beta", pid: 1, context: "left", slots: 2, state: "lost", stopping: false },
      ...{ running: 2, tasks: [], finished: 12, failed: 2 },
    },
  ],
};

test("an engine that has been stopped and still runs something is said to be stopping", () => {
  const engines = snapshot.engines.map((engine) => ({ ...engine, stopping: engine.rank === 0 }));
  expect(formatStatus({ ...snapshot, engines }, undefined)).toContain("stopping  alpha\n");
});

test("a run is shown with its contexts and engines", () => {
  expect(formatStatus(snapshot, undefined)).toBe(
    [
      "run: running for 3:05, tasks of Tasks, driver on alpha, process 4711",
      "100 of 1000 tasks done, 8 of them in earlier runs, 2 failed, 6 running",
      "",
      "context  engines  slots  may take  hosts",
      "SSH0           2     20       any  alpha, n1, n2, n3 and 2 more",
      "left           0      0     ended  beta",
      "right          0      0        12  gamma",
      "halted         0      0   stopped  delta",
      "",
      "engine  context  slots  running  done  failed  state     host",
      "     0  SSH0         4        4    80       0  ready     alpha",
      "     1  SSH0        16        0     0       0  starting  n1",
      "    10  left         2        2    12       2  lost      beta",
      "",
    ].join("\n"),
  );
});

test("an engine that is out of touch still belongs to its context, which has not ended", () => {
  const engines = snapshot.engines
    .filter(({ rank }) => rank === 10)
    .map((one) => ({ ...one, state: "silent" as const }));
  const lines = formatStatus({ ...snapshot, engines }, undefined).split("\n");
  expect(lines).toContain("left           1      2   stopped  beta");
  expect(lines).toContain("    10  left         2        2    12       2  silent  beta");
});

test("a run without anything yet is shown, too", () => {
  const empty: ToldSnapshot = {
    ...{ ...snapshot, phase: "draining", reason: "interrupted", contexts: [], engines: [] },
    tasks: { succeeded: 0, failed: 0, skipped: 0, running: 0 },
  };
  expect(formatStatus(empty, undefined)).toBe(
    [
      "run: draining (interrupted) for 3:05, tasks of Tasks, driver on alpha, process 4711",
      "0 tasks done, 0 failed, 0 running",
      "",
      "no context has been added yet",
      "",
      "no engine has joined yet",
      "",
    ].join("\n"),
  );
});

test("no line is wider than the terminal, and nothing in it moves the cursor", () => {
  const strange = {
    ...snapshot,
    jobId: "run\u001b[2J",
    contexts: [{ label: "SSH0", nodes: ["x".repeat(200)], stopped: false }],
  };
  const lines = formatStatus(strange, 40).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBe(40);
  expect(lines.join("")).not.toContain("\u001b");
});

test("an engine that starts no task for now is said to be held back, and why", () => {
  const reason = "the load is 9.3, of 8 at most";
  const engines = snapshot.engines.map((engine) => (engine.rank === 0 ? { ...engine, heldBack: reason } : engine));
  const text = formatStatus({ ...snapshot, engines }, undefined);
  expect(text).toContain("held back  alpha\n");
  expect(text).toContain(`\nengine 0 starts no task for now: ${reason}\n`);
});

test("a workflow is shown with its tasks", () => {
  const templates = { list: [{ name: "fetch", counts: { done: 2, failed: 1 }, isGrowing: true }], more: 0 };
  expect(formatStatus({ ...snapshot, templates }, undefined)).toContain(
    ["", "task   all  done  failed", "fetch   3+     2       1", ""].join("\n"),
  );
});

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import type { InstanceState } from "../../../../src/domain/instance-state.ts";
import type { Verdict } from "../../../../src/workflows/source/checks.ts";
import type { Edge, Workflow } from "../../../../src/workflows/document/workflow.ts";
import { type ShortTask, workflow } from "../../../support/workflow.ts";
import { cached, CachedTree } from "./cached-tree.ts";

const DAY = "${day}";
/** A few hundred paths of this length are too much for one line. */
const DEEP =
  Array.from({ length: 24 }, (_, i) =>
    Math.sin(i + 1)
      .toString(36)
      .slice(2),
  ).join("/") + "/";

const DAYS = { day: ["mon", "tue"] };

/** Two days of raw files are cleaned, and a report is made of both. */
function weather(clean: Partial<ShortTask> = {}, params: Readonly<Record<string, string>> = {}): Workflow {
  const made = workflow(
    {
      clean: {
        axes: ["day"],
        ...cached({
          inputs: { raw: "raw/${day}.csv" },
          outputs: { csv: "clean/${day}.csv" },
          code: ["clean.py"],
          cacheEnv: ["LANG"],
        }),
        ...clean,
      },
      report: { needs: ["clean"], ...cached({ outputs: { html: "report.html" } }) },
    },
    DAYS,
  );
  const [first, report] = made.templates;
  if (first === undefined || report === undefined) throw new Error("there are two");
  const edges = report.alternatives.map((each) =>
    each.map((edge): Edge => ({ ...edge, inputs: [{ name: "days", output: "csv", isList: true }] })),
  );
  return { ...made, params, templates: [first, { ...report, alternatives: edges }] };
}

function weatherTree(): CachedTree {
  const tree = new CachedTree();
  for (const name of ["raw/mon.csv", "raw/tue.csv", "clean.py"]) tree.write(name, name);
  return tree;
}

const ALL = ["clean[day=mon]", "clean[day=tue]", "report"];

function changesOf(verdict: Verdict | undefined): unknown {
  return verdict?.fate === "runs" && verdict.reason.kind === "changed" ? verdict.reason.changes : verdict;
}

test("what was made from the same is reused, and says from which run and host", async () => {
  const tree = weatherTree();
  const first = await tree.run(weather(), { node: "node7" });
  expect(first.ran).toEqual(ALL);
  expect(first.verdicts["report"]).toEqual({ fate: "runs", reason: { kind: "never" } });
  const second = await tree.run(weather());
  expect(second).toMatchObject({ ran: [], warnings: [] });
  expect(second.verdicts["report"]).toMatchObject({
    fate: "reused",
    from: { run: 1, node: "node7" },
    previous: { node: "node7", alreadyRecorded: false, ending: { type: "exited", code: 0 } },
  });
  const known = await tree.run(weather(), { earlier: "done" });
  expect(known.verdicts["report"]).toMatchObject({ fate: "reused", previous: undefined });
});

test("touched files, a copy in another folder, and another host's records are reused, and nothing is read a second time", async () => {
  const tree = weatherTree();
  await tree.run(weather());
  for (const name of ["raw/mon.csv", "clean/mon.csv", "report.html", "clean.py"]) tree.touch(name);
  expect((await tree.run(weather())).ran).toEqual([]);
  const lines = readFileSync(tree.cache, "utf8").split("\n").length;
  expect((await tree.run(weather())).ran).toEqual([]);
  expect(readFileSync(tree.cache, "utf8").split("\n")).toHaveLength(lines);
  expect((await tree.copy().run(weather())).ran).toEqual([]);
});

test.each([
  ["raw/mon.csv", [{ part: "input", name: "raw", path: "raw/mon.csv", how: "changed" }]],
  ["clean.py", [{ part: "code", name: undefined, path: "clean.py", how: "changed" }]],
  ["clean/mon.csv", [{ part: "output", name: "csv", path: "clean/mon.csv", how: "changed" }]],
] as const)("a change of %s is named, and what follows is reused where it comes to the same", async (name, changes) => {
  const tree = weatherTree();
  await tree.run(weather());
  const before = tree.read("clean/mon.csv");
  tree.write(name, "other");
  const { verdicts } = await tree.run(weather(), { earlier: "done" });
  expect(changesOf(verdicts["clean[day=mon]"])).toEqual(changes);
  const isSame = tree.read("clean/mon.csv") === before;
  expect(isSame).toBe(name !== "raw/mon.csv");
  expect(changesOf(verdicts["report"])).toMatchObject(
    isSame ? { fate: "reused" } : [{ part: "input", name: "days", path: "clean/mon.csv", how: "changed" }],
  );
});

test("what is not there is named: outputs, inputs and code", async () => {
  const tree = weatherTree();
  await tree.run(weather());
  for (const [name, change] of [
    ["clean/mon.csv", { part: "output", name: "csv" }],
    ["clean.py", { part: "code", name: undefined }],
    ["raw/mon.csv", { part: "input", name: "raw" }],
  ] as const) {
    const other = tree.copy();
    other.remove(name);
    const { verdicts } = await other.run(weather(), { earlier: "done", isPlan: true });
    expect(changesOf(verdicts["clean[day=mon]"])).toEqual([{ ...change, path: name, how: "missing" }]);
  }
});

test("command, parameters and variables decide as far as the task has to do with them", async () => {
  const tree = weatherTree();
  const script = (text: string): Partial<ShortTask> => ({ action: { kind: "script", script: text, shell: undefined } });
  const first = weather(script("echo $n"), { n: "1", m: "1" });
  await tree.run(first, { environment: { LANG: "C" } });
  const planned = async (changed: Workflow, environment = { LANG: "C" }): Promise<unknown> => {
    const { verdicts } = await tree.run(changed, { environment, earlier: "done", isPlan: true });
    return changesOf(verdicts["clean[day=tue]"]);
  };
  expect(await planned(weather(script("echo $n"), { n: "1", m: "2" }))).toMatchObject({ fate: "reused" });
  expect(await planned(weather(script("echo $n"), { n: "2", m: "1" }))).toEqual([
    { part: "param", name: "n", how: "changed" },
  ]);
  expect(await planned(weather(script("echo ${n}"), { n: "1", m: "1" }))).toEqual([
    { part: "command", how: "changed" },
  ]);
  expect(await planned(first, { LANG: "de" })).toEqual([{ part: "env", name: "LANG", how: "changed" }]);
  const env = { ...script("echo $n"), env: { X: ["x"] } };
  expect(await planned(weather(env, { n: "1" }))).toEqual([{ part: "env", name: "X", how: "new" }]);
});

test.each<[string, Partial<ShortTask>]>([
  ["may fail", {}],
  ["is waited for however it ends", { condition: "always" }],
])("an instance runs again when something that %s has ended otherwise than when it was made", async (_, more) => {
  const tree = new CachedTree();
  const both = workflow({
    check: { allowFailure: more.condition === undefined },
    report: { needs: ["check"], ...cached({ outputs: { html: "report.html" } }), ...more },
  });
  const verdictOf = async (state: InstanceState): Promise<unknown> => {
    const { verdicts } = await tree.run(both, { earlier: "done", states: { STATE_check: state } });
    return changesOf(verdicts["report"]);
  };
  const change = { part: "env", name: "STATE_check" };
  await tree.run(both);
  expect(await verdictOf("done")).toMatchObject({ fate: "reused" });
  expect(await verdictOf("failed")).toEqual([{ ...change, how: "new" }]);
  expect(await verdictOf("failed")).toMatchObject({ fate: "reused" });
  expect(await verdictOf("skipped")).toEqual([{ ...change, how: "changed" }]);
  expect(await verdictOf("done")).toEqual([{ ...change, how: "gone" }]);
});

test("no value of a variable and no secret stands in the file", async () => {
  const tree = weatherTree();
  const secret = weather({ secrets: ["TOKEN"], env: { X: ["of-the-task"] } });
  await tree.run(secret, { environment: { LANG: "of-the-run", TOKEN: "hunter2" } });
  const text = readFileSync(tree.cache, "utf8");
  for (const value of ["of-the-task", "of-the-run", "hunter2"]) expect(text).not.toContain(value);
  expect((await tree.run(secret, { environment: { LANG: "of-the-run", TOKEN: "other" } })).ran).toEqual([]);
});

test("what somebody asks for runs and is recorded, and without the cache everything does", async () => {
  const tree = weatherTree();
  await tree.run(weather());
  const forced = await tree.run(weather(), { forced: ["clean[day=mon]"], earlier: "done" });
  expect(forced.ran).toEqual(["clean[day=mon]"]);
  expect(forced.verdicts["clean[day=mon]"]).toEqual({ fate: "runs", reason: { kind: "forced" } });
  expect((await tree.run(weather())).verdicts["clean[day=mon]"]).toMatchObject({ from: { run: 2 } });
  expect((await tree.run(weather(), { noCache: true })).ran).toEqual(ALL);
  expect((await tree.run(weather())).verdicts["report"]).toMatchObject({ from: { run: 4 } });
});

test("what had failed says so, even when something has changed since its last success", async () => {
  const tree = weatherTree();
  await tree.run(weather());
  tree.write("clean.py", "other");
  const { verdicts } = await tree.run(weather(), { earlier: "failed" });
  expect(verdicts["clean[day=mon]"]).toEqual({ fate: "runs", reason: { kind: "failed" } });
});

test("an instance is not recorded whose input changed or went away while it ran; the next ones are, with what is there then", async () => {
  const tree = weatherTree();
  const running = (name: string): void => {
    if (name === "clean[day=mon]") tree.write("clean.py", "edited");
  };
  const { warnings } = await tree.run(weather(), { running });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("clean.py");
  expect(warnings[0]).toContain("clean[day=mon]");
  const { ran } = await tree.run(weather());
  expect(ran).toContain("clean[day=mon]");
  expect((await tree.run(weather())).ran).toEqual([]);
});

/** A report is made from days that were cleaned just before, while another driver takes up the run. */
async function takenUp(tree: CachedTree): Promise<readonly string[]> {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const justNow = Date.now() / 1000 - 0.5;
  utimesSync(tree.at("clean/mon.csv"), justNow, justNow);
  return (await tree.run(weather(), { takenUp: ["report"] })).warnings;
}

test("what was under way when the run was taken up is recorded, also of what others had just made", async () => {
  const tree = weatherTree();
  await tree.run(weather());
  expect(await takenUp(tree)).toEqual([]);
  expect((await tree.run(weather())).ran).toEqual([]);
});

test("what was under way when the run was taken up is not recorded where nobody knows what an input was", async () => {
  const tree = weatherTree();
  await tree.run(weather());
  tree.write("clean/mon.csv", "edited");
  expect(await takenUp(tree)).toEqual([expect.stringContaining("clean/mon.csv changed")]);
});

test("a file that was written just before it was read is read again the next time, and then trusted", async () => {
  const tree = weatherTree();
  await tree.run(weather());
  const stamp = new Date();
  writeFileSync(tree.at("raw/mon.csv"), "first");
  utimesSync(tree.at("raw/mon.csv"), stamp, stamp);
  expect((await tree.run(weather())).ran).toContain("clean[day=mon]");
  writeFileSync(tree.at("raw/mon.csv"), "other");
  utimesSync(tree.at("raw/mon.csv"), stamp, stamp);
  expect((await tree.run(weather(), { isPlan: true })).ran).toContain("clean[day=mon]");
});

test("a change within a folder is seen, and a link in it stands for itself", async () => {
  const tree = new CachedTree();
  const task = workflow({ t: cached({ inputs: { data: "data" }, outputs: { o: "o" } }) });
  tree.write("data/deep/a", "one");
  tree.write("elsewhere", "x");
  symlinkSync("../elsewhere", tree.at("data/link"));
  await tree.run(task);
  tree.write("elsewhere", "other");
  expect((await tree.run(task)).ran).toEqual([]);
  tree.write("data/deep/a", "two");
  const { verdicts } = await tree.run(task, { earlier: "done" });
  expect(changesOf(verdicts["t"])).toEqual([{ part: "input", name: "data", path: "data", how: "changed" }]);
  mkdirSync(tree.at("data/empty"));
  expect((await tree.run(task)).ran).toEqual(["t"]);
});

test("a large record is compressed, and says as much as others", async () => {
  const tree = new CachedTree();
  const days = Array.from({ length: 400 }, (_, i) => `d${i}`);
  const task = workflow(
    {
      each: { axes: ["day"], ...cached({ outputs: { o: `${DEEP}${DAY}` } }) },
      all: { needs: ["each"], ...cached({ outputs: { all: "all" } }) },
    },
    { day: days },
  );
  const [each, all] = task.templates;
  if (each === undefined || all === undefined) throw new Error("there are two");
  const edges = all.alternatives.map((group) =>
    group.map((edge): Edge => ({ ...edge, inputs: [{ name: "days", output: "o", isList: true }] })),
  );
  const whole = { ...task, templates: [each, { ...all, alternatives: edges }] };
  await tree.run(whole);
  const lines = readFileSync(tree.cache, "utf8").split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(70_000);
  expect(lines.some((line) => line.includes('"part":0'))).toBe(true);
  expect((await tree.run(whole)).ran).toEqual([]);
  tree.write(`${DEEP}d7`, "other");
  const { verdicts } = await tree.run(whole, { earlier: "done", isPlan: true });
  expect(changesOf(verdicts["all"])).toEqual([{ part: "input", name: "days", path: `${DEEP}d7`, how: "changed" }]);
});

test("what is no file is named, and nobody waits for it", async () => {
  const tree = new CachedTree();
  const task = workflow({ t: cached({ inputs: { data: "data/in" }, outputs: { o: "o" } }) });
  tree.write("data/in", "x");
  await tree.run(task);
  tree.remove("data/in");
  execFileSync("mkfifo", [tree.at("data/in")]);
  const { verdicts } = await tree.run(task, { earlier: "done", isPlan: true });
  expect(changesOf(verdicts["t"])).toEqual([{ part: "input", name: "data", path: "data/in", how: "changed" }]);
});

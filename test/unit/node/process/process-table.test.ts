import { copyFileSync } from "node:fs";
import type * as NodeFs from "node:fs";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findProcesses, signal } from "../../../../src/node/process/process-table.ts";
import { TestGroup } from "./children.ts";
import { scratchFolder } from "./scratch.ts";

const system = vi.hoisted((): { hasProc: boolean } => ({ hasProc: true }));
vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof NodeFs>();
  const readdirSync = (folder: string): string[] => {
    if (!system.hasProc && folder === "/proc") throw new Error("no such folder");
    return real.readdirSync(folder);
  };
  return { ...real, readdirSync };
});

const NAME = "TEST_MARK";
const NONE: ReadonlySet<number> = new Set();

/** A mark of the test's own, and the variable that carries it. */
function makeMark() {
  const value = randomUUID();
  return { mark: { name: NAME, value }, env: { [NAME]: value } };
}

test("finds processes by the variable that they inherit, whatever their group", async () => {
  const { mark, env } = makeMark();
  const group = TestGroup.start("setsid bash -c 'echo $$; exec sleep 1000' & echo $$; wait", env);
  await group.said(2);
  // A process that is just becoming another program has no environment.
  await expect.poll(() => new Set(findProcesses(mark, NONE).map(({ pid }) => pid))).toEqual(new Set(group.pids()));
});

test("finds processes by their group, whatever their environment, and tells the group", async () => {
  const { mark } = makeMark();
  const group = TestGroup.start("env -i /bin/sleep 1000 & echo $!; echo $$; wait");
  await group.said(2);
  const found = findProcesses(mark, new Set([group.pid]));
  expect(new Set(found.map(({ pid }) => pid))).toEqual(new Set(group.pids()));
  expect(new Set(found.map((each) => each.group))).toEqual(new Set([group.pid]));
});

test("takes only the whole variable for the mark", async () => {
  const { mark, env } = makeMark();
  const others = [
    { [NAME]: `${mark.value}1` },
    { [NAME]: mark.value.slice(1) },
    { [`X${NAME}`]: mark.value },
    { OTHER: `${NAME}=${mark.value}` },
  ];
  const marked = TestGroup.start("echo $$; exec sleep 1000", env);
  const groups = others.map((other) => TestGroup.start("echo $$; exec sleep 1000", other));
  await Promise.all([marked, ...groups].map((group) => group.said(1)));
  await expect.poll(() => findProcesses(mark, NONE)).toEqual([{ pid: marked.pid, group: marked.pid }]);
});

test("a process that has ended does not count, though nobody has taken note of its end", async () => {
  const { mark, env } = makeMark();
  // The child ends when the shell has become another program, which never asks after the child.
  const child = "while [[ $(< /proc/$PPID/comm) = bash ]]; do :; done";
  const group = TestGroup.start(`bash -c '${child}' >&- & echo $!; exec sleep 1000`, env);
  const [line = ""] = await group.said(1);
  await expect.poll(() => findProcesses(mark, NONE).map(({ pid }) => pid)).toEqual([group.pid]);
  expect(signal(Number(line), 0)).toBe(true);
});

test("the name of a program may hold anything", async () => {
  const { mark, env } = makeMark();
  const program = path.join(scratchFolder(), "a) Z 1 1 (");
  copyFileSync("/bin/sleep", program);
  const group = TestGroup.start(`echo $$; exec '${program}' 1000`, env);
  await group.said(1);
  expect(findProcesses(mark, new Set([group.pid]))).toEqual([{ pid: group.pid, group: group.pid }]);
});

test("where the system has no list of processes, finds the groups that are alive", async () => {
  system.hasProc = false;
  onTestFinished(() => void (system.hasProc = true));
  const { mark } = makeMark();
  const [alive, ended] = [TestGroup.start("echo $$; exec sleep 1000"), TestGroup.start("exit")];
  await Promise.all([alive.said(1), ended.ended]);
  expect(findProcesses(mark, new Set([alive.pid, ended.pid]))).toEqual([{ pid: -alive.pid, group: alive.pid }]);
});

test("a signal to nobody is no error", async () => {
  const group = TestGroup.start("exit");
  await group.ended;
  expect([signal(group.pid, "SIGTERM"), signal(-group.pid, 0), signal(process.pid, 0)]).toEqual([false, false, true]);
});

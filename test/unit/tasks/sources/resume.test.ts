import { writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { type Diagnostic, formatDiagnostic, UserError } from "../../../../src/domain/errors.ts";
import { checkResume } from "../../../../src/tasks/sources/resume-check.ts";
import { resumeSource } from "../../../../src/tasks/sources/resume.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { loadStatusFiles } from "../../../../src/records/statusfile/load.ts";
import type { StatusRecord } from "../../../../src/records/statusfile/record.ts";
import type { StatusIndex } from "../../../../src/records/statusfile/status-index.ts";
import { DependentSource } from "../../../support/dependent-source.ts";
import { scratchFile } from "../../records/ledger/scratch.ts";
import { statusFile } from "../../records/statusfile/records.ts";
import { barrier, ListSource, PER_ENGINE, task } from "./list-source.ts";

const PLAIN = { retryFailed: false, force: false, onWarning: unexpected };
const RETRY = { ...PLAIN, retryFailed: true };
const FORCE = { ...PLAIN, force: true };

function unexpected(warning: Diagnostic): void {
  throw new Error(`unexpected warning: ${formatDiagnostic(warning)}`);
}

/** An index of the status file of these records, and the path of that file. */
function indexOf(...records: ReadonlyArray<Partial<StatusRecord>>): { index: StatusIndex; path: string } {
  const path = scratchFile("status.txt");
  writeFileSync(path, statusFile(...records));
  const index = loadStatusFiles([path], { onWarning: unexpected });
  onTestFinished(() => index.close());
  return { index, path };
}

async function refusalOf(doing: Promise<unknown>): Promise<UserError> {
  const outcome: unknown = await doing.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof UserError)) throw new Error("was not refused");
  return outcome;
}

function kindsOf(items: readonly StreamItem[]): string[] {
  return items.map((item) => item.kind);
}

describe("a resumed source", () => {
  test("takes a task for the same that has other terms at the end of its line", async () => {
    const { index } = indexOf({ id: 0, command: "a #DISBATCH memory=8G" }, { id: 1, command: "b" });
    const tasks = [task(0, "a #DISBATCH memory=16G"), task(1, "b #DISBATCH gpus=1")];
    const source = resumeSource(new ListSource(tasks), index, PLAIN);
    expect(kindsOf(await source.next(9))).toEqual(["skipped", "skipped"]);
  });

  test("hears what becomes of its tasks where it wants to", () => {
    const { index } = indexOf({ id: 0, command: "a" });
    const inner = new DependentSource([task(0, "a")], new Map());
    const source = resumeSource(inner, index, PLAIN);
    void source.next(1);
    const silence = { bytes: 0, snippet: "" };
    const outcome = { node: "n", alreadyRecorded: false, pid: 1, ending: exited(0), start: 0, finish: 1 };
    source.settled?.(task(0, "a"), { ...outcome, output: silence, error: silence });
    expect(inner.heard).toEqual([0]);
    expect("settled" in resumeSource(new ListSource([]), index, PLAIN)).toBe(false);
  });

  test("skips what has a record, hands on the rest, and keeps name, total and order", async () => {
    const { index } = indexOf({ id: 0, command: "a" }, { id: 2, command: "c", returnCode: 3 });
    const items = [PER_ENGINE, task(0, "a"), task(1, "b"), task(2, "c"), barrier(3), task(4, "d")];
    const inner = new ListSource(items, 4);
    const source = resumeSource(inner, index, PLAIN);
    expect([source.name, source.total]).toEqual(["Tasks", 4]);
    const first = await source.next(2);
    const rest = await source.next(100);
    expect(kindsOf([...first, ...rest])).toEqual(["per-engine", "skipped", "task", "skipped", "barrier", "task"]);
    expect(rest[1]).toMatchObject({
      task: task(2, "c"),
      previous: { node: "n1", pid: 4711, ending: exited(3), alreadyRecorded: false },
    });
    expect(await source.next(1)).toEqual([]);
    await source.close();
    expect(inner.closed).toBe(true);
  });

  test("has no total while the source has none", () => {
    const inner = new ListSource([]);
    const source = resumeSource(inner, indexOf().index, PLAIN);
    expect(source.total).toBeUndefined();
    inner.total = 2;
    expect(source.total).toBe(2);
  });

  test("does not mind that a task moved to another line", async () => {
    const { index } = indexOf({ id: 0, line: 1, command: "a" });
    const source = resumeSource(new ListSource([task(0, "a", { line: 9 })]), index, PLAIN);
    expect(await source.next(1)).toMatchObject([{ kind: "skipped", task: { line: 9 } }]);
  });

  test("with -R runs failed tasks again, whatever they are now, and skips successful ones", async () => {
    const { index } = indexOf({ id: 0, command: "a", returnCode: 1 }, { id: 1, command: "b" });
    const source = resumeSource(new ListSource([task(0, "other"), task(1, "b")]), index, RETRY);
    expect(kindsOf(await source.next(9))).toEqual(["task", "skipped"]);
  });

  test.each([
    ["text", task(0, "b", { repeatIndex: 4 })],
    ["repeat index", task(0, "a", { repeatIndex: 5 })],
  ])("refuses a task whose %s is not the recorded one", async (_what, other) => {
    const { index, path } = indexOf({ id: 0, command: "a", repeatIndex: 4 });
    const error = await refusalOf(resumeSource(new ListSource([other]), index, PLAIN).next(1));
    expect(error).toMatchObject({ code: "resume-mismatch", exitCode: 2 });
    expect(error.diagnostics.map(formatDiagnostic)).toEqual([
      `${path}:1:1: error: task 0 was 'a' with repeat index 4 and is now '${other.command}' with repeat index ` +
        `${other.repeatIndex} in Tasks:1 (--force-resume compares task ids only)`,
    ]);
  });

  test("with --force-resume skips by id alone, and warns once", async () => {
    const { index } = indexOf({ id: 0, command: "a" }, { id: 1, command: "b" }, { id: 2, command: "c" });
    const warnings: string[] = [];
    const onWarning = (warning: Diagnostic): void => void warnings.push(`${warning.severity}: ${warning.message}`);
    const items = [task(0, "a"), task(1, "x"), task(2, "y")];
    const source = resumeSource(new ListSource(items), index, { ...FORCE, onWarning });
    expect(kindsOf(await source.next(9))).toEqual(["skipped", "skipped", "skipped"]);
    expect(warnings).toEqual(["warning: task 1 was 'b' and is now 'x' in Tasks:2"]);
  });

  test("shows long commands where they begin to differ, and no control characters", async () => {
    const long = "x".repeat(500);
    const { index } = indexOf({ id: 0, command: `${long}\u0007old${long}` });
    const error = await refusalOf(resumeSource(new ListSource([task(0, `${long}new`)]), index, PLAIN).next(1));
    const shown = error.diagnostics[0]?.message ?? "";
    const before = "x".repeat(40);
    expect(shown).toContain(`was '...${before}\\x07old`);
    expect(shown).toContain(`is now '...${before}new'`);
    expect(shown.length).toBeLessThan(400);
  });
});

describe("the check before the run", () => {
  test("counts what is to run and what is skipped, in tasks, and closes the source", async () => {
    const { index } = indexOf({ id: 0, command: "a" }, { id: 2, command: "c", returnCode: 3 });
    const items = [PER_ENGINE, task(0, "a"), task(1, "b"), task(2, "c"), barrier(3), task(4, "d")];
    const source = new ListSource(items);
    expect(await checkResume(source, index, PLAIN)).toEqual({ toRun: 2, skipped: 2 });
    expect(source.closed).toBe(true);
    expect(await checkResume(new ListSource(items), index, RETRY)).toEqual({ toRun: 3, skipped: 1 });
  });

  test("finds nothing left to do", async () => {
    const { index } = indexOf({ id: 0, command: "a" });
    expect(await checkResume(new ListSource([task(0, "a")], 1), index, PLAIN)).toEqual({ toRun: 0, skipped: 1 });
  });

  test("goes no further than the largest recorded id when the total is known", async () => {
    const { index } = indexOf({ id: 5, command: "x" });
    const items = Array.from({ length: 100_000 }, (_, id) => task(id, "x"));
    const known = new ListSource(items, items.length);
    expect(await checkResume(known, index, PLAIN)).toEqual({ toRun: 99_999, skipped: 1 });
    expect(known.taken).toBeLessThan(2000);
    const unknown = new ListSource(items);
    expect(await checkResume(unknown, index, PLAIN)).toEqual({ toRun: 99_999, skipped: 1 });
    expect(unknown.taken).toBe(items.length);
  });

  test("shows the first three tasks that are not the recorded ones", async () => {
    const ids = [0, 1, 2, 3, 4];
    const { index, path } = indexOf(...ids.map((id) => ({ id, command: `old ${id}` })));
    const now = ids.map((id) => task(id, id === 1 ? "old 1" : `new ${id}`));
    const source = new ListSource(now);
    const error = await refusalOf(checkResume(source, index, PLAIN));
    expect(error).toMatchObject({ code: "resume-mismatch", exitCode: 2 });
    expect(error.message).toContain("--force-resume");
    expect(error.diagnostics.map(({ place, message }) => [place.file, place.line, message])).toEqual(
      [0, 2, 3].map((id) => [path, id + 1, `task ${id} was 'old ${id}' and is now 'new ${id}' in Tasks:${id + 1}`]),
    );
    expect(source.closed).toBe(true);
  });

  test("refuses a single mismatch too, unless only ids are compared", async () => {
    const { index } = indexOf({ id: 0, command: "a" }, { id: 1, command: "b" });
    const items = [task(0, "a"), task(1, "x")];
    expect((await refusalOf(checkResume(new ListSource(items), index, PLAIN))).diagnostics).toHaveLength(1);
    expect(await checkResume(new ListSource(items), index, FORCE)).toEqual({ toRun: 0, skipped: 2 });
  });
});

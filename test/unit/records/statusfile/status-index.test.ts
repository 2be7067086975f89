import { execFileSync } from "node:child_process";
import { appendFileSync, linkSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { Diagnostic } from "../../../../src/domain/errors.ts";
import { loadStatusFiles } from "../../../../src/records/statusfile/load.ts";
import { HEADER_LINE } from "../../../../src/records/statusfile/record.ts";
import type { StatusIndex } from "../../../../src/records/statusfile/status-index.ts";
import { scratchFile } from "../ledger/scratch.ts";
import { statusFile } from "./records.ts";

function written(content: string): string {
  const path = scratchFile("status.txt");
  writeFileSync(path, content);
  return path;
}

function load(paths: readonly string[], appendingTo?: string): StatusIndex & { warnings: Diagnostic[] } {
  const warnings: Diagnostic[] = [];
  const options = { onWarning: (warning: Diagnostic) => void warnings.push(warning) };
  const index = loadStatusFiles(paths, appendingTo === undefined ? options : { ...options, appendingTo });
  onTestFinished(() => index.close());
  return Object.assign(index, { warnings });
}

describe("what counts", () => {
  test("a task is found with what its line says and where it stands", () => {
    const path = written(`${HEADER_LINE}\n${statusFile({ id: 7, repeatIndex: 2, command: "a\tb", returnCode: 4 })}`);
    const index = load([path]);
    const earlier = index.lookup(7);
    expect(earlier).toMatchObject({
      id: 7,
      repeatIndex: 2,
      command: "a\tb",
      place: { file: path, line: 2, column: 1 },
    });
    expect(earlier.outcome()).toEqual({
      node: "n1",
      pid: 4711,
      ending: exited(4),
      start: 1700000000.25,
      finish: 1700000001.5,
      output: { bytes: 0, snippet: "" },
      error: { bytes: 0, snippet: "" },
      alreadyRecorded: false,
    });
    expect([index.size, index.largestId, index.failed(7), index.failed(6)]).toEqual([1, 7, true, undefined]);
    expect(index.warnings).toEqual([]);
  });

  test("tasks and skipped tasks count; per-engine commands, late results and barriers do not", () => {
    const kinds = ["task", "skipped", "per-engine", "superseded", "barrier", "check-barrier"] as const;
    const index = load([written(statusFile(...kinds.map((kind, id) => ({ kind, id }))))]);
    expect(kinds.map((_, id) => index.failed(id))).toEqual([false, false, undefined, undefined, undefined, undefined]);
    expect(index.warnings).toEqual([]);
  });

  test("success wins over failure, in whichever file and order; among equals the last counts", () => {
    const first = written(
      statusFile(
        { id: 0, returnCode: 1, pid: 1 },
        { id: 1, returnCode: 0, pid: 1 },
        { id: 1, returnCode: 5, pid: 2 },
        { id: 2, returnCode: 1, pid: 1 },
        { id: 3, returnCode: 0, pid: 1 },
      ),
    );
    const second = written(
      statusFile(
        { id: 0, pid: 3 },
        { id: 2, returnCode: 9, pid: 3 },
        { id: 3, pid: 3 },
        { id: 1, returnCode: 1, pid: 3 },
      ),
    );
    const index = load([first, second]);
    expect([0, 1, 2, 3].map((id) => index.lookup(id).outcome().pid)).toEqual([3, 1, 3, 3]);
    expect([0, 1, 2, 3].map((id) => index.failed(id))).toEqual([false, false, true, false]);
  });

  test("a file with CRLF line ends is read alike", () => {
    const path = written(statusFile({ id: 0, command: "x" }).replaceAll("\n", "\r\n"));
    expect(load([path]).lookup(0).command).toBe("x");
  });

  test("an empty file has no records", () => {
    const index = load([written("")]);
    expect([index.size, index.largestId, index.warnings.length]).toEqual([0, -1, 0]);
  });
});

describe("torn and foreign lines", () => {
  test("they are told once for a file, with the first place, and the rest counts", () => {
    const good = statusFile({ id: 0 });
    const path = written(`${good}garbage\n\n${good.slice(0, 30)}\n${statusFile({ id: 1 })}`);
    const index = load([path, written(statusFile({ id: 2 }))]);
    expect(index.size).toBe(3);
    expect(index.warnings).toEqual([
      {
        code: "foreign-status-line",
        severity: "warning",
        place: { file: path, line: 2, column: 1 },
        message: "this is the first of 3 lines that are torn or not of a status file; not counted",
      },
    ]);
  });

  test("a last line without its newline is torn, wherever it was cut", () => {
    const good = statusFile({ id: 0 });
    const cut = statusFile({ id: 1, command: "echo 123" });
    for (let length = 1; length < cut.length; length++) {
      const index = load([written(good + cut.slice(0, length))]);
      expect([index.size, index.warnings.map(({ place }) => place.line)]).toEqual([1, [2]]);
    }
  });
});

describe("files that cannot be read", () => {
  test.each([
    ["status-file-missing", (path: string) => path],
    ["status-file-missing", (path: string) => `${path}/below/nothing`],
    [
      "status-file-is-directory",
      (path: string) => {
        mkdirSync(path);
        return path;
      },
    ],
    [
      "status-file-unreadable",
      (path: string) => {
        execFileSync("bash", ["-c", 'mkfifo "$0"', path]);
        return path;
      },
    ],
  ])("a path gives %s and exit code 2", (code, make) => {
    const path = make(scratchFile("status.txt"));
    expect(() => loadStatusFiles([path], { onWarning: () => undefined })).toThrow(
      expect.objectContaining({ code, exitCode: 2, message: expect.stringContaining(path) }),
    );
  });

  test("a file that was cut after it was read is told, and not taken for something else", () => {
    const path = written(statusFile({ id: 0 }, { id: 1 }));
    const index = load([path]);
    truncateSync(path, 10);
    expect(() => index.lookup(1)).toThrow(expect.objectContaining({ code: "status-file-changed" }));
  });

  test("asking for a task that has no record is a bug", () => {
    expect(() => load([written("")]).lookup(0)).toThrow("task 0 has no record");
  });
});

describe("appending to a file that is read", () => {
  test("its records are already recorded, by whatever name it goes; those of other files are not", () => {
    const own = written(statusFile({ id: 0 }));
    const other = written(statusFile({ id: 1 }));
    const alias = scratchFile("alias.txt");
    linkSync(own, alias);
    const index = load([own, other], alias);
    expect([0, 1].map((id) => index.lookup(id).outcome().alreadyRecorded)).toEqual([true, false]);
  });

  test("of equal outcomes the one that is already recorded counts, in whichever order the files are given", () => {
    const own = written(statusFile({ id: 0 }, { id: 1, returnCode: 1 }));
    const other = written(statusFile({ id: 0 }, { id: 1 }));
    for (const paths of [
      [own, other],
      [other, own],
    ]) {
      const index = load(paths, own);
      expect([0, 1].map((id) => index.lookup(id).outcome().alreadyRecorded)).toEqual([true, false]);
    }
  });

  test("what is appended meanwhile changes nothing", () => {
    const path = written(statusFile({ id: 0, command: "old" }));
    const index = load([path], path);
    appendFileSync(path, statusFile({ id: 0, command: "new" }));
    expect(index.lookup(0).command).toBe("old");
  });
});

test("records are read back right from anywhere in large files, in any order, also where they cross blocks", () => {
  const command = (file: number, id: number): string => `${file} ${id} ${"é".repeat((id * 7919) % 200)}`;
  const files = [0, 1].map((file) =>
    written(statusFile(...Array.from({ length: 4000 }, (_, i) => ({ id: 2 * i + file, command: command(file, i) })))),
  );
  const long = written(statusFile({ id: 8000, command: "x".repeat(600_000) }));
  const index = load([...files, long]);
  expect([index.size, index.largestId]).toEqual([8001, 8000]);
  for (let step = 0; step < 2000; step++) {
    const id = (step * 4999) % 8000;
    expect(index.lookup(id).command).toBe(command(id % 2, Math.floor(id / 2)));
  }
  expect(index.lookup(8000).command).toHaveLength(600_000);
});

describe("a file that is no status file", () => {
  test.each([
    ["a journal", '{"format":"disbatch-journal","version":2}\n{"e":"run-started"}\n'],
    ["a task file", "sleep 1\nsleep 2\n"],
    ["one that is torn as well", "sleep 1\nsleep"],
  ])("is refused: %s", (_, content) => {
    const path = written(content);
    expect(() => load([path])).toThrow(
      expect.objectContaining({
        code: "no-status-file",
        message: expect.stringContaining(`${path}: none of its 2 lines`),
      }),
    );
  });

  test.each([
    ["nothing", ""],
    ["the names of the columns", `${HEADER_LINE}\n`],
    ["the first line of a run that was killed as it wrote it", "    \t0\t1\t-1\tn1\t47"],
    ["a barrier", statusFile({ id: 0, kind: "barrier" })],
  ])("is not one that has %s", (_, content) => {
    expect(load([written(content)]).size).toBe(0);
  });

  test.each(["/dev/zero", "/dev/urandom", "/dev/tty"])("is refused before it is read: %s", (path) => {
    expect(() => load([path])).toThrow(
      expect.objectContaining({
        code: "status-file-unreadable",
        message: `${path} is no regular file; a status file is read more than once`,
      }),
    );
  });
});

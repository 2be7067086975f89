import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { Diagnostic } from "../../../../src/domain/errors.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { JOURNAL_HEADER, JOURNAL_VERSION, type JournalEntry } from "../../../../src/records/journal/entry.ts";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import { readJournal } from "../../../../src/records/journal/read.ts";
import { entryOf } from "../../../../src/records/journal/schema.ts";
import { scratchFile } from "../ledger/scratch.ts";
import { anyEventOf, keptOf } from "./events.ts";

const ENDED = { type: "run-ended", time: 3.5, reason: "done" } as const;
const WARNING = { type: "warning", time: 1, message: "careful" } as const;

function read(content: string): { entries: JournalEntry[]; warnings: Diagnostic[]; path: string } {
  const path = scratchFile("journal.jsonl");
  writeFileSync(path, content);
  const warnings: Diagnostic[] = [];
  const entries = [...readJournal(path, (warning) => void warnings.push(warning))];
  return { entries, warnings, path };
}

function lines(...of: readonly string[]): string {
  return of.map((line) => `${line}\n`).join("");
}

describe("lines", () => {
  test.each(Object.entries<fc.Arbitrary<RunEvent>>(anyEventOf))("%s is read as it was written", (_type, anyEvent) => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const line = formatEvent(event);
        expect(line).not.toContain("\n");
        expect(line.isWellFormed()).toBe(true);
        expect(entryOf(JSON.parse(line))).toEqual(keptOf(event));
      }),
    );
  });

  test("a task's text stands where it is assigned and not where it is finished", () => {
    const task = { kind: "task", id: 3, line: 4, repeatIndex: -1, command: "echo text" } as const;
    const none = { bytes: 0, snippet: "" };
    const where = { node: "n", engine: 0, slot: 1, pid: 9, ending: exited(0), start: 1, finish: 2.5 };
    const result = { taskId: 3, attempt: 1, ...where, output: none, error: { bytes: 2, snippet: "x\n" } };
    expect(formatEvent({ type: "task-assigned", time: 1, task, attempt: 1, crashes: 0, engine: 0 })).toBe(
      '{"e":"task-assigned","t":1,"id":3,"line":4,"rep":-1,"try":1,"eng":0,"cmd":"echo text"}',
    );
    const runs = { attempt: 1, engine: 0, slot: 2, start: 0.75 };
    expect(formatEvent({ type: "task-started", time: 1, task, ...runs })).toBe(
      '{"e":"task-started","t":1,"id":3,"try":1,"eng":0,"slot":2,"start":0.75}',
    );
    expect(formatEvent({ type: "task-assigned", time: 1, task, attempt: 3, crashes: 2, engine: 0 })).toBe(
      '{"e":"task-assigned","t":1,"id":3,"line":4,"rep":-1,"try":3,"died":2,"eng":0,"cmd":"echo text"}',
    );
    expect(formatEvent({ type: "task-finished", time: 2.5, task, result })).toBe(
      '{"e":"task-finished","t":2.5,"id":3,"try":1,"node":"n","eng":0,"slot":1,"pid":9,"code":0,' +
        '"start":1,"end":2.5,"err":[2,"x\\n"]}',
    );
  });

  test.each([
    ["nothing", undefined],
    ["another value", 7],
    ["no event", { t: 1 }],
    ["an unknown event", { e: "task-lost", t: 1 }],
    ["the name of an inherited property", { e: "constructor", t: 1 }],
    ["no time", { e: "engine-left", eng: 1 }],
    ["a field of another type", { e: "engine-left", t: 1, eng: "1" }],
    ["an unknown reason", { e: "run-ended", t: 1, why: "tired" }],
  ])("%s is no entry", (_what, value) => {
    expect(entryOf(value)).toBeUndefined();
  });

  test("fields that a later version may add are let pass", () => {
    expect(entryOf({ e: "engine-left", t: 1, eng: 2, mood: "good" })).toEqual({
      type: "engine-left",
      time: 1,
      engine: 2,
    });
  });
});

describe("reading", () => {
  test("the entries come in order", () => {
    const { entries, warnings } = read(lines(JOURNAL_HEADER, formatEvent(WARNING), formatEvent(ENDED)));
    expect(entries).toEqual([WARNING, ENDED]);
    expect(warnings).toEqual([]);
  });

  test("a torn last line passes without a word, wherever it was cut", () => {
    const whole = lines(JOURNAL_HEADER, formatEvent(WARNING));
    const last = formatEvent(ENDED);
    for (let length = 0; length < last.length; length++) {
      expect(read(whole + last.slice(0, length))).toMatchObject({ entries: [WARNING], warnings: [] });
    }
    expect(read(whole + last).entries).toEqual([WARNING, ENDED]);
  });

  test("a journal that ends in its first line has no entries", () => {
    for (let length = 0; length <= JOURNAL_HEADER.length; length++) {
      expect(read(JOURNAL_HEADER.slice(0, length)).entries).toEqual([]);
    }
  });

  test("foreign lines are told once, with the first place, and the rest counts", () => {
    const torn = formatEvent(WARNING).slice(0, 9);
    const { entries, warnings, path } = read(
      lines(JOURNAL_HEADER, torn, formatEvent(WARNING), "{}", formatEvent(ENDED)),
    );
    expect(entries).toEqual([WARNING, ENDED]);
    expect(warnings).toEqual([
      {
        code: "foreign-journal-line",
        severity: "warning",
        place: { file: path, line: 2, column: 1 },
        message: "this is the first of 2 lines that are torn or not of a journal; not counted",
      },
    ]);
  });

  test("another file is refused", () => {
    expect(() => read("some text\n")).toThrow(expect.objectContaining({ code: "journal-foreign", exitCode: 2 }));
  });

  test("a journal of a later version is refused", () => {
    const header = JSON.stringify({ format: "disbatch-journal", version: JOURNAL_VERSION + 1 });
    expect(() => read(lines(header))).toThrow(expect.objectContaining({ code: "journal-version", exitCode: 2 }));
  });

  test("a journal that is not there is the user's to deal with", () => {
    const path = scratchFile("missing");
    expect(() => [...readJournal(path, () => undefined)]).toThrow(
      expect.objectContaining({
        code: "journal-unreadable",
        message: `cannot read the journal ${path}: no such file or directory (ENOENT)`,
      }),
    );
  });
});

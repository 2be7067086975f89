import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { MOST_KINDS } from "../../../../src/records/state/kind-table.ts";
import { COLUMN, COLUMNS, findColumns, readSeconds } from "../../../../src/records/statusfile/columns.ts";
import { formatRecord } from "../../../../src/records/statusfile/format.ts";
import { HEADER_LINE, type StatusRecord } from "../../../../src/records/statusfile/record.ts";
import { userErrorOf } from "../../../support/user-error.ts";
import { anyRecord, record, statusFile } from "../statusfile/records.ts";
import { journalOf, opened } from "./opened.ts";

describe("of a task's lines", () => {
  test("the last outcome counts", () => {
    const { table } = opened({ status: statusFile({ id: 3, returnCode: 1 }, { id: 3, returnCode: 2 }, { id: 3 }) });
    expect([table.tasks, table.size, table.counted(3), table.counted(4)]).toEqual([1, 3, 2, -1]);
  });

  test("a success stays against a later failure, also of another file", () => {
    const { table } = opened({ status: statusFile({ id: 3 }) }, { status: statusFile({ id: 3, returnCode: 9 }) });
    expect([table.counted(3), table.file(table.counted(3)), table.returnCode(0)]).toEqual([0, 0, 0]);
  });

  test("those of per-engine commands, barriers and late results are no outcome", () => {
    const kinds = ["per-engine", "barrier", "check-barrier", "superseded"] as const;
    const { table } = opened({ status: statusFile(...kinds.map((kind, id) => ({ kind, id }))) });
    expect([table.tasks, table.size, table.barriers]).toEqual([0, 4, 2]);
  });

  test("those with another command are counted: the files are of different lists", () => {
    const { table } = opened({ status: statusFile({ id: 1 }, { id: 1, command: "false" }, { id: 1 }) });
    expect(table.differing).toBe(1);
  });
});

describe("of an instance of a workflow", () => {
  const instances = (...records: readonly Partial<StatusRecord>[]): ReturnType<typeof opened> =>
    opened({ status: statusFile(...records), isWorkflow: true });

  test("the rows are one task, whatever TaskID it had, and the last one counts", () => {
    const { table } = instances(
      { id: 1, command: "fetch[day=1]" },
      { id: 2, command: "fetch[day=2]", returnCode: 1 },
      { id: 11, command: "fetch[day=1]", returnCode: 3 },
      { id: 12, command: "fetch[day=2]" },
    );
    expect([table.tasks, [...table.ids()], table.differing]).toEqual([2, [1, 2], 0]);
    expect([...table.ids()].map((id) => [table.counted(id), table.returnCode(table.counted(id))])).toEqual([
      [2, 3],
      [3, 0],
    ]);
  });

  test("a TaskID that was another one's is no reason to take both for one", () => {
    const { table } = instances(
      { id: 1, command: "a" },
      { id: 1, command: "b", returnCode: 2 },
      { id: 2, command: "a" },
    );
    expect([table.tasks, table.counted(1)]).toEqual([2, 2]);
  });
});

test("every record of a run is found again by its row", () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 20 }), (records) => {
      const outcomes = opened({ status: records.map((one) => `${formatRecord(one)}\n`).join("") });
      expect(outcomes.table.size).toBe(records.length);
      for (const [row, one] of records.entries()) {
        const read = outcomes.record(row);
        expect([read.id, read.kind, read.returnCode, read.node]).toEqual([one.id, one.kind, one.returnCode, one.node]);
        expect(outcomes.nodes.all[outcomes.table.node(row)]).toBe(one.node);
        expect([outcomes.table.start(row), outcomes.table.finish(row)]).toEqual([read.start, read.finish]);
      }
    }),
    { numRuns: 50 },
  );
});

test("seconds are read as Number reads them", () => {
  fc.assert(
    fc.property(fc.integer({ min: -4e12, max: 4e12 }), (milliseconds) => {
      const line = Buffer.from(formatRecord(record({ start: milliseconds / 1000 })));
      const starts = new Int32Array(COLUMNS + 1);
      expect(findColumns(line, 0, line.length, starts)).toBe(true);
      expect(readSeconds(line, starts, COLUMN.start)).toBe(Number((milliseconds / 1000).toFixed(3)));
    }),
  );
});

describe("of a file", () => {
  test("a torn last line is not counted, and other lines are", () => {
    const status = `${HEADER_LINE}\n${statusFile({ id: 1 })}something else\n${statusFile({ id: 2 }).slice(0, -1)}`;
    const { files, table } = opened({ status });
    expect(files[0]?.lines).toEqual({ lines: 3, foreign: 1, firstForeign: 3, torn: true, foreignEnd: false });
    expect(table.tasks).toBe(1);
  });

  test("nothing at all is a run that has just begun", () => {
    expect(opened({ status: "" }).table.size).toBe(0);
  });

  test.each(["true\nfalse\n", "hello", "x".repeat(3_000_000), "\u001f\u008b\b\0", "Run", "    \tx\n      "])(
    "none of whose lines is one of a status file, it is refused: %.20j",
    (status) => {
      expect(userErrorOf(() => opened({ status })).code).toBe("no-status-file");
    },
  );

  test("that breaks off anywhere in its first line is one", () => {
    for (const line of [`${HEADER_LINE}\n`, statusFile({ id: 1 }), statusFile({ kind: "barrier" }), "\0".repeat(9)])
      for (let end = 0; end < line.length; end++) {
        expect(opened({ status: line.slice(0, end) }).table.size).toBe(0);
      }
  });

  test("kinds of failures are told apart up to a number, and the others are one", () => {
    const letters = (n: number): string => String.fromCharCode(97 + (n % 26), 97 + (Math.floor(n / 26) % 26));
    const failures = Array.from({ length: 300 }, (_, id) => {
      return { id, returnCode: 1, error: { bytes: 9, snippet: `no ${letters(id)} in ${id}` } };
    });
    const { kinds, table } = opened({ status: statusFile(...failures) });
    expect([kinds.all.length, kinds.all.at(-1)?.isOther, kinds.all[0]?.text]).toEqual([MOST_KINDS, true, "no aa in #"]);
    expect([table.kind(254), table.kind(255), table.kind(299)]).toEqual([254, 255, 255]);
  });
});

describe("a journal", () => {
  const result = {
    ...{ taskId: 7, attempt: 1, node: "n1", engine: 4, slot: 2, pid: 9, ending: exited(0) },
    ...{ start: 1700000000.250_4, finish: 1700000001.5, output: { bytes: 0, snippet: "" } },
    error: { bytes: 3, snippet: '","eng":9,"start":1' },
  } as const;
  const task = { kind: "task", id: 7, line: 1, repeatIndex: -1, command: "true" } as const;
  const engine = { id: "u", rank: 4, node: "n1", pid: 1, slots: 3, context: "SSH0" };

  test("tells where a task ran, and what engines there were", () => {
    const outcomes = opened({
      status: statusFile({ id: 7 }),
      journal: journalOf(
        { type: "run-started", time: 1, jobId: "run", taskFile: "Tasks", total: 1 },
        { type: "engine-joined", time: 2, engine },
        { type: "task-finished", time: 3, task, result },
        { type: "task-interrupted", time: 3, task, result },
        { type: "run-ended", time: 4, reason: "stopped" },
      ),
    });
    expect([outcomes.table.engine(0), outcomes.table.slot(0)]).toEqual([0, 2]);
    expect(outcomes.files[0]?.story).toMatchObject({
      sessions: [{ jobId: "run", total: 1, started: 1, last: 4, reason: "stopped" }],
      engines: [{ rank: 4, node: "n1", slots: 3, from: 2, to: 4, lost: false }],
      cutShort: new Set([7]),
    });
  });

  test("that is none is left out, and the report says why", () => {
    const [file] = opened({ status: statusFile({ id: 7 }), journal: "no journal\n" }).files;
    expect([file?.story, file?.journalProblem]).toEqual([undefined, expect.stringMatching(/is not a journal/)]);
  });
});

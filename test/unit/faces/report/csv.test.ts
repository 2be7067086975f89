import { expect, test } from "vitest";
import { cell, reportCsv } from "../../../../src/faces/report/csv.ts";
import { opened } from "../../records/outcomes/opened.ts";
import { statusFile } from "../../records/statusfile/records.ts";

test.each([
  ["=1+1", "'=1+1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["-rf x", "'-rf x"],
  [" \t=1", "' \t=1"],
  ["+a,b", '"\'+a,b"'],
  ["-11", "-11"],
  ['say "a"\n', '"say ""a""\n"'],
  [-3, "-3"],
  ["plain = text", "plain = text"],
])("the cell of %j does no harm", (value, written) => {
  expect(cell(value)).toBe(written);
});

test("every task with an outcome has one row, in order", () => {
  const outcomes = opened({
    status: statusFile(
      { id: 2, returnCode: 137, command: "=b" },
      { id: 0, repeatIndex: 5 },
      { id: 2, returnCode: 3, command: "=b", error: { bytes: 9, snippet: "no file 7" } },
      { kind: "per-engine", id: 1 },
    ),
  });
  const rows = Buffer.concat([...reportCsv(outcomes)])
    .toString()
    .split("\r\n");
  expect(rows).toEqual([
    "task,line,repeat_index,outcome,ending,return_code,node,engine,slot,pid,start,finish,seconds,output_bytes,output,error_bytes,error,kind,earlier_run,command,cpu_seconds,peak_bytes,workflow_task",
    "0,1,5,succeeded,exit 0,0,n1,,,4711,1700000000.250,1700000001.500,1.250,0,,0,,,no,true,,,",
    "2,1,,failed,exit 3,3,n1,,,4711,1700000000.250,1700000001.500,1.250,0,,9,no file 7,no file #,no,'=b,,,",
    "",
  ]);
});

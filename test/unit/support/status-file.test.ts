import { expect, test } from "vitest";
import { parseStatusLine } from "../../support/status-file.ts";

const LINE = "ROE \t3\t4\t-1\thost\t123\t2\t1.500\t1700000000.000\t1700000001.500\t3\t'a\\nb'\t1\t'x'\techo\ta tab";

test("a status line is read into its columns, the command with its tabs", () => {
  expect(parseStatusLine(LINE)).toEqual({
    flags: "ROE ",
    taskId: 3,
    line: 4,
    repeatIndex: -1,
    node: "host",
    pid: 123,
    returnCode: 2,
    elapsed: "1.500",
    start: "1700000000.000",
    finish: "1700000001.500",
    outBytes: 3,
    outSnippet: "'a\\nb'",
    errBytes: 1,
    errSnippet: "'x'",
    command: "echo\ta tab",
  });
});

test.each([
  ["five flags for a task", LINE.replace("ROE ", "ROE  ")],
  ["a time with two places", LINE.replace("1.500", "1.50")],
  ["a snippet without quotes", LINE.replace("'x'", "x")],
  ["a column too few", LINE.replace("\thost", "")],
])("%s is refused", (_, line) => {
  expect(() => parseStatusLine(line)).toThrow(/status line/);
});

import { expect, test } from "vitest";
import { openWorkspace } from "../../support/fixtures.ts";
import { judgeFolder, judgeOutput } from "../../support/judge-run.ts";

const EXIT = { code: 2, signal: null };
const WRITTEN = { stdout: "one\n", stderr: "first line\nsecond line\n" };
const LINE = "R   \t0\t1\t-1\thost\t123\t2\t1.500\t100.000\t101.500\t0\t''\t0\t''\texit 2\n";

test("a run that is as expected has no faults", () => {
  const expected = {
    args: [],
    exit: 2,
    stdout: "one\n",
    stderr: ["sec"],
    stderrLines: ["^first", "^second"],
    stderrLacks: ["x"],
  };
  expect(judgeOutput(expected, EXIT, WRITTEN)).toEqual([]);
});

test("every difference in what was written is named", () => {
  const expected = {
    args: [],
    exit: 0,
    stdout: "",
    stderr: ["third"],
    stderrLines: ["^second"],
    stderrLacks: ["first"],
  };
  expect(judgeOutput(expected, EXIT, WRITTEN)).toEqual([
    "exit code 2, signal null, not 0",
    'stdout is not ""',
    "stderr lacks /third/",
    "stderr has /first/",
    "stderr has 2 lines, not 1",
    "no line /^second/ in its place",
  ]);
  expect(judgeOutput({ args: [], exit: 2, stdout: ["two"] }, EXIT, WRITTEN)).toEqual(["stdout lacks /two/"]);
});

test("every difference in the folder is named", () => {
  const workspace = openWorkspace();
  workspace.write("run_status.txt", LINE);
  const asItIs = {
    args: [],
    exit: 0,
    files: { "run_status.txt": LINE },
    created: ["run_.*"],
    status: [{ taskId: 0, flags: "R   " }],
  };
  expect(judgeFolder(asItIs, workspace)).toEqual([]);
  const other = { args: [], exit: 0, files: { a: "" }, created: ["run_"], status: [{ taskId: 1 }] };
  expect(judgeFolder(other, workspace)).toEqual([
    "no file run_",
    'a holds "no such file", not ""',
    'no line with {"taskId":1}',
    expect.stringMatching(/^not expected: .*"command":"exit 2"/),
  ]);
  workspace.write("run_status.txt", LINE.replace("1.500", "1.400"));
  expect(judgeFolder({ args: [], exit: 0, status: [{}] }, workspace)).toEqual([
    expect.stringMatching(/^elapsed is wrong/),
  ]);
});

import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resumeCommand, type ResumeCommandOptions, sameCommand } from "../../../src/cli/resume-command.ts";

const STATUS = "/runs/x_status.txt";
const HERE = { program: ["disbatch"], folder: "/data" };

function resume(args: readonly string[], options: Partial<ResumeCommandOptions> = {}): string {
  return resumeCommand(args, { ...HERE, statusFile: STATUS, ...options });
}

test("a run goes on with its own words and its status file, in the folder where it was started", () => {
  expect(resume(["-s", "localhost:2", "-p", "x", "--no-retire", "Tasks"])).toBe(
    "cd /data && disbatch -r /runs/x_status.txt -s localhost:2 -p x --no-retire Tasks",
  );
});

test("options may stand behind the task file, and one in another's value's place is a value", () => {
  expect(resume(["Tasks", "-ep", "-R", "--lease=5"])).toBe(
    `cd /data && disbatch -r ${STATUS} -e -p -R --lease 5 Tasks`,
  );
});

test("failed tasks are run again when that is asked for, once", () => {
  expect(resume(["Tasks"], { retry: true })).toBe(`cd /data && disbatch -r ${STATUS} -R Tasks`);
  expect(resume(["-R", "-r", "old", "Tasks"], { retry: true })).toBe(
    `cd /data && disbatch -r ${STATUS} -R -r old Tasks`,
  );
});

test("a task file that looks like an option is none", () => {
  expect(resume(["--", "-x"])).toBe(`cd /data && disbatch -r ${STATUS} -- -x`);
  expect(resume(["-"])).toBe(`cd /data && disbatch -r ${STATUS} -`);
});

describe("a status file that is resumed from already is named once", () => {
  test.each([
    [["-r", STATUS]],
    [["-r", "/runs/../runs/x_status.txt"]],
    [["-r", "../runs/x_status.txt"]],
    [[`-r${STATUS}`]],
    [["--resume-from", STATUS]],
    [[`--resume-from=${STATUS}`]],
    [["-r", STATUS, `-r${STATUS}`]],
  ])("%j", (words) => {
    expect(resume([...words, "Tasks"])).toBe(`cd /data && disbatch -r ${STATUS} Tasks`);
  });

  test("and others beside it only if it does not hold what they do", () => {
    const args = ["-Rr", "other", "-e", "--resume-from=old", "Tasks"];
    expect(resume(args)).toBe(`cd /data && disbatch -r ${STATUS} -R -r other -e -r old Tasks`);
    expect(resume(args, { hasAll: true })).toBe(`cd /data && disbatch -r ${STATUS} -R -e Tasks`);
  });
});

test("every word comes out of a shell as it was, in one line that can be shown", () => {
  const special = Array.from(" '\"\\$`!*?~;&|<>()[]{}#=\n\t\u001b\u200b-");
  const word = fc
    .string({ unit: fc.oneof(fc.constantFrom(...special), fc.string()), maxLength: 12 })
    .filter((text) => !text.includes("\0") && text.isWellFormed());
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), word, (values, taskFile) => {
      const args = [...values.flatMap((value) => ["-p", value]), "--", taskFile];
      const line = sameCommand(args, { program: ["printf", String.raw`%s\0`], folder: "/" });
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      const shown = execFileSync("/bin/bash", ["-c", line], { encoding: "utf8" });
      const operand = taskFile.startsWith("-") && taskFile !== "-" ? ["--", taskFile] : [taskFile];
      expect(shown.split("\0").slice(0, -1)).toEqual([...values.flatMap((value) => ["-p", value]), ...operand]);
    }),
    { numRuns: 60 },
  );
});

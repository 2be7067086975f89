import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resumeCommand, type ResumeCommandOptions, sameCommand } from "../../../src/cli/resume-command.ts";
import { scratchFolder } from "../node/process/scratch.ts";

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

test("whoever resumes overwrites nothing", () => {
  expect(resume(["--overwrite", "-p", "/runs/x", "Tasks"])).toBe(`cd /data && disbatch -r ${STATUS} -p /runs/x Tasks`);
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

describe("a run to which tasks were submitted", () => {
  const OPEN = ["--keep-open", "-s", "localhost:2"];

  /** A run that has kept these lines. */
  function submitted(kept: string) {
    const prefix = path.join(scratchFolder(), "run");
    writeFileSync(`${prefix}_tasks.txt`, kept);
    const resumeIt = (args: readonly string[], options: Partial<ResumeCommandOptions> = {}): string =>
      resume(args, { statusFile: `${prefix}_status.txt`, ...options })
        .replace("cd /data && disbatch -r ", "")
        .replaceAll(prefix, "RUN");
    return resumeIt;
  }

  test("is gone on with under its own prefix, and more can be submitted", () => {
    const again = submitted("true\n");
    expect(again(OPEN)).toBe("RUN_status.txt -s localhost:2 -p RUN --keep-open");
    expect(again([...OPEN, "-p", "other", "Tasks"])).toBe("RUN_status.txt -s localhost:2 -p RUN --keep-open Tasks");
  });

  test("ends by itself when its list had been ended, unless it is to be opened again", () => {
    const again = submitted("true\n# disbatch: no more tasks\n");
    expect(again([...OPEN, "Tasks"])).toBe("RUN_status.txt -s localhost:2 -p RUN Tasks");
    expect(again(OPEN)).toBe("RUN_status.txt -s localhost:2 -p RUN RUN_tasks.txt");
    expect(again(OPEN, { reopen: true })).toBe("RUN_status.txt -s localhost:2 -p RUN --keep-open");
    expect(again(["-s", "localhost:2", "-p", "run", "Tasks"])).toBe("RUN_status.txt -s localhost:2 -p RUN Tasks");
  });
});

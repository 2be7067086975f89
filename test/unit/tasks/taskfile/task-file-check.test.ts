import { describe, expect, it } from "vitest";

import { MOST_LISTED, UserError } from "../../../../src/domain/errors.ts";
import { TaskFileCheck } from "../../../../src/tasks/taskfile/task-file-check.ts";
import { parse } from "./parse.ts";

function checked(content: string, lenient = false): TaskFileCheck {
  const check = new TaskFileCheck("tasks");
  for (const entry of parse(content, lenient)) check.add([entry]);
  return check;
}

function refusalOf(check: TaskFileCheck): UserError {
  try {
    check.result();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("the task file was not refused");
}

describe("the check of a task file", () => {
  it("counts tasks, not barriers and per-engine commands, without writing out repeats", () => {
    const content = "#DISBATCH PERENGINE START x\na\nb\n#DISBATCH BARRIER\n#DISBATCH REPEAT 1000000000000 c\n";
    expect(checked(content).result()).toMatchObject({ total: 1000000000002, warnings: [] });
  });

  it("finds nothing wrong with an empty file", () => {
    expect(checked("").result()).toEqual({ total: 0, ids: 0, warnings: [] });
  });

  it("returns the warnings of a lenient reading", () => {
    expect(checked("a\n#DISBATCH foo\n", true).result()).toMatchObject({
      total: 1,
      warnings: [{ code: "unknown-directive", severity: "warning" }],
    });
  });

  it("refuses a file with all its errors", () => {
    const error = refusalOf(checked("#DISBATCH foo\na\n#DISBATCH REPEAT\n"));
    expect(error).toMatchObject({ code: "task-file-refused", exitCode: 2 });
    expect(error.message).toBe("tasks: 2 errors in the task file, nothing was run");
    expect(error.diagnostics.map(({ code }) => code)).toEqual(["unknown-directive", "bad-repeat"]);
  });

  it("lists the first hundred and counts the rest", () => {
    const { diagnostics } = refusalOf(checked("#DISBATCH foo\n".repeat(MOST_LISTED + 250)));
    expect(diagnostics).toHaveLength(MOST_LISTED + 1);
    expect(diagnostics.at(-1)).toEqual({
      code: "more-problems",
      severity: "error",
      place: { file: "tasks", line: MOST_LISTED + 1, column: 11 },
      message: "and 250 more errors from this line on",
    });
  });

  it("counts warnings in the same way", () => {
    const { warnings } = checked("#DISBATCH foo\n".repeat(MOST_LISTED + 1), true).result();
    expect(warnings.at(-1)).toMatchObject({ severity: "warning", message: "and 1 more warning from this line on" });
  });

  it("says of a binary file only that it is one", () => {
    const error = refusalOf(checked(`${"#DISBATCH foo\n".repeat(MOST_LISTED + 5)}\0`));
    expect(error).toMatchObject({ code: "binary-file", exitCode: 2 });
    expect(error.message).toBe("tasks: looks like a binary file (NUL byte)");
    expect(error.diagnostics.map(({ code }) => code)).toEqual(["binary-file"]);
  });
});

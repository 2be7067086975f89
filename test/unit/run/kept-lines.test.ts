import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { filesOfRun } from "../../../src/run/files/run-files.ts";
import { keptLines } from "../../../src/run/kept-lines.ts";
import { scratchFolder } from "../node/process/scratch.ts";

const AGAIN = { appending: false, again: true };
const RESUMED = { appending: true, again: false };
const OPEN = {
  taskFile: undefined,
  taskserver: undefined,
  taskcommand: undefined,
  keepOpen: true,
  requeueResume: false,
};

/** The files of a run to which these lines were submitted. */
function filesWith(kept: string) {
  const files = filesOfRun(path.join(scratchFolder(), "run"));
  writeFileSync(files.tasks, kept, "latin1");
  return files;
}

function textOf(kept: ReturnType<typeof keptLines>): string | undefined {
  return kept === undefined ? undefined : Buffer.from(kept.bytes).toString("latin1");
}

describe("what had been submitted", () => {
  test("is taken up again, to the byte, without a torn last line", () => {
    const files = filesWith("a\xff\n\nb\ntor");
    for (const how of [AGAIN, RESUMED]) expect(textOf(keptLines(OPEN, files, how))).toBe("a\xff\n\nb\n");
    expect(textOf(keptLines(OPEN, filesWith("torn"), AGAIN))).toBe("");
  });

  test("stays ended when the same run goes on, and not when somebody resumes it", () => {
    const files = filesWith("a\n");
    expect(keptLines(OPEN, files, AGAIN)?.staysEnded).toBe(true);
    expect(keptLines(OPEN, files, RESUMED)?.staysEnded).toBe(false);
    expect(keptLines({ ...OPEN, requeueResume: true }, files, RESUMED)?.staysEnded).toBe(true);
  });

  test("is left alone by a new run, and where it is the task file", () => {
    const files = filesWith("a\n");
    expect(keptLines(OPEN, files, { appending: false, again: false })).toBeUndefined();
    expect(keptLines({ ...OPEN, keepOpen: false }, files, AGAIN)).toBeUndefined();
    expect(keptLines({ ...OPEN, taskFile: files.tasks }, files, RESUMED)).toBeUndefined();
    expect(keptLines(OPEN, filesOfRun(path.join(scratchFolder(), "none")), AGAIN)).toBeUndefined();
  });
});

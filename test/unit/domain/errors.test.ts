import { expect, test } from "vitest";
import { formatDiagnostic, UserError, type Diagnostic } from "../../../src/domain/errors.ts";
import { EXIT, EXIT_CODE_MEANINGS } from "../../../src/domain/exit-codes.ts";

const diagnostic: Diagnostic = {
  code: "unknown-directive",
  severity: "error",
  place: { file: "Tasks", line: 3, column: 11 },
  message: "unknown directive REPAET",
};

test("a diagnostic is one line with its place, and its hint if it has one", () => {
  expect(formatDiagnostic(diagnostic)).toBe("Tasks:3:11: error: unknown directive REPAET");
  expect(formatDiagnostic({ ...diagnostic, severity: "warning", hint: "did you mean REPEAT?" })).toBe(
    "Tasks:3:11: warning: unknown directive REPAET (did you mean REPEAT?)",
  );
});

test("a user error means wrong usage unless it says otherwise, and keeps its cause", () => {
  const cause = new Error("below");
  const error = new UserError("some-code", "what is wrong", { cause });
  expect(error).toMatchObject({ code: "some-code", exitCode: EXIT.usage, diagnostics: [], cause });
  expect(new UserError("x", "y", { exitCode: EXIT.unfinished }).exitCode).toBe(3);
});

test("every exit code has one meaning", () => {
  expect(EXIT_CODE_MEANINGS.map(([code]) => code)).toEqual(Object.values(EXIT));
});

import { UserError, type Diagnostic } from "../../domain/errors.ts";

/** The error for a task file that cannot be used. A binary file is only reported as such. */
export function refusal(message: string, errors: readonly Diagnostic[]): UserError {
  const binary = errors.find((error) => error.code === "binary-file");
  if (binary === undefined) return new UserError("task-file-refused", message, { diagnostics: errors });
  return new UserError("binary-file", `${binary.place.file}: ${binary.message}`, { diagnostics: [binary] });
}

import { encodeText, lostAt } from "../../domain/bytes.ts";
import { type Diagnostic, formatDiagnostic, type Place } from "../../domain/errors.ts";
import { refusal } from "./refusal.ts";

/**
 * Refuses text that no bytes stand for: what were kept and run would be another.
 *
 * @param text lines of a task file, bytes as text.
 * @param place of its first character.
 * @throws UserError `task-file-refused`.
 */
export function refuseHalfCharacter(text: string, { file, line }: Omit<Place, "column">): void {
  const at = lostAt(text);
  if (at === -1) return;
  const before = text.slice(0, at).split("\n");
  const error: Diagnostic = {
    code: "half-character",
    severity: "error",
    place: { file, line: line + before.length - 1, column: encodeText(before.at(-1) ?? "").length + 1 },
    message: "half of a surrogate pair in the line",
    hint: "it is no character, and stands for no byte",
  };
  throw refusal(formatDiagnostic(error), [error]);
}

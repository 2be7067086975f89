import { formatDiagnostic, type Diagnostic } from "../../../../src/domain/errors.ts";
import type { Entry, ProblemEntry } from "../../../../src/tasks/taskfile/entry.ts";
import { TaskFileParser } from "../../../../src/tasks/taskfile/parser.ts";

/** All entries of a task file; strings stand for their UTF-8 bytes. */
export function parse(content: string | Uint8Array, lenient = false): readonly Entry[] {
  return parseChunks([typeof content === "string" ? Buffer.from(content) : content], lenient);
}

/** All entries of a task file that arrives in these chunks, each of which is overwritten once it has been pushed. */
export function parseChunks(chunks: readonly Uint8Array[], lenient = false): readonly Entry[] {
  const parser = new TaskFileParser({ file: "tasks", lenient });
  const entries: Entry[] = [];
  for (const chunk of chunks) {
    const copy = Uint8Array.from(chunk);
    entries.push(...parser.push(copy));
    copy.fill(0x58);
  }
  return [...entries, ...parser.end()];
}

/** The commands of the task lines. */
export function commandsOf(content: string | Uint8Array, lenient = false): readonly string[] {
  return parse(content, lenient).flatMap((entry) => (entry.kind === "command" ? [entry.command] : []));
}

export function problemsOf(content: string | Uint8Array, lenient = false): readonly Diagnostic[] {
  return parse(content, lenient)
    .filter((entry): entry is ProblemEntry => entry.kind === "problem")
    .map((entry) => entry.diagnostic);
}

/** The problems as lines of text. */
export function complaintsOf(content: string | Uint8Array, lenient = false): readonly string[] {
  return problemsOf(content, lenient).map((problem) => formatDiagnostic(problem));
}

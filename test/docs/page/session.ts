/** A command of a session, and what the page says that it prints. */
export interface Step {
  /** Line of the page on which the command begins. */
  readonly line: number;
  /** The command, its lines separated by newlines, without what stands before them. */
  readonly command: string;
  /** Line of the page below the command, on which its output begins. */
  readonly outputLine: number;
  readonly expected: readonly string[];
}

const PROMPT = "$ ";
/** Before a further line of a command. A blank line of a here-document has no blank behind it. */
const CONTINUED = /^>(?: (.*))?$/;

/**
 * Reads a session into its commands.
 *
 * @param firstLine line of the page on which the session begins.
 * @throws Error when output stands before the first command.
 */
export function readSession(text: string, firstLine: number, where: string): Step[] {
  const steps: { line: number; command: string; outputLine: number; expected: string[] }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const step = steps.at(-1);
    const continued = CONTINUED.exec(line);
    if (line.startsWith(PROMPT)) {
      const at = firstLine + index;
      steps.push({ line: at, command: line.slice(PROMPT.length), outputLine: at + 1, expected: [] });
    } else if (step === undefined) {
      throw new Error(`${where}: a session begins with a command: "$ ..."`);
    } else if (continued !== null && step.expected.length === 0) {
      step.command += `\n${continued[1] ?? ""}`;
      step.outputLine++;
    } else step.expected.push(line);
  }
  return steps;
}

/**
 * The bash program of a session: it takes commands at descriptor 3, each with a NUL behind it, and says at descriptor 4 with which
 * exit code each has ended. Job control is as in the shell that users type into: a job has a group of its own, and can be called %1.
 */
export const SESSION_PROGRAM = [
  "{ set -m; } 2>/dev/null",
  "while IFS= read -r -d '' SESSION_COMMAND <&3; do",
  '  eval "$SESSION_COMMAND" 3<&- 4>&-',
  "  SESSION_CODE=$?",
  // What there is to say about jobs that have ended is said before the next command is read.
  "  eval :",
  "  echo $SESSION_CODE >&4",
  "done",
].join("\n");

/** The lines that a command has written, as they stand on the terminal of a user who has typed it. */
export function linesOf(written: string): string[] {
  const lines = written.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map(asTyped);
}

const PROGRESS = /^disbatch: .* done, .* elapsed(?:, ETA .*)?$/;

/** The lines without those that tell how far a run is: on a terminal, one line does that, and is gone at the end. */
export function withoutProgress(lines: readonly string[]): string[] {
  return lines.filter((line) => !PROGRESS.test(line));
}

/** What a bash that runs a program says of the program's lines, as it says it to a user who has typed them. */
function asTyped(line: string): string {
  const [, end] = /^bash: line \d+: +\d+ ([A-Z][a-z]+(?: [a-z]+)*)(?: \(core dumped\))? {2,}\S/.exec(line) ?? [];
  return end ?? line.replace(/^bash: line \d+: /, "bash: ");
}

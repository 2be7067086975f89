import { resolve } from "node:path";
import { shellWords } from "../domain/shell-words.ts";

interface ResumeCommandOptions {
  /** How it is started; by its name when there are no words. */
  readonly program?: readonly string[];
  /** Options to be added. */
  readonly extra?: readonly string[];
}

/** The command line that goes on where this run ended: its own words, with its status file to resume from. */
export function resumeCommand(
  args: readonly string[],
  statusFile: string,
  { program = [], extra = [] }: ResumeCommandOptions = {},
): string {
  const known = [...resumedFrom(args)].some((file) => resolve(file) === resolve(statusFile));
  const resume = known ? [] : ["-r", statusFile];
  const added = extra.filter((word) => !args.includes(word));
  // Whoever resumes keeps what is there.
  const kept = args.filter((word) => word !== "--overwrite");
  return shellWords([...(program.length === 0 ? ["disbatch"] : program), ...resume, ...added, ...kept]);
}

function* resumedFrom(args: readonly string[]): Generator<string> {
  for (const [i, word] of args.entries()) {
    const next = args[i + 1];
    if (word === "-r" || word === "--resume-from") {
      if (next !== undefined) yield next;
    } else if (word.startsWith("--resume-from=")) yield word.slice("--resume-from=".length);
    else if (word.startsWith("-r")) yield word.slice(2);
  }
}

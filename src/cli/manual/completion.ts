import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import { zshCompletion } from "./completion-zsh.ts";
import type { ProgramDescription } from "./program-description.ts";

/** Shells that there are completions for. */
export const COMPLETION_SHELLS = ["bash", "zsh", "fish"] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

/** Names that the program goes by in a shell; disBatch 3 is called by the second. */
const PROGRAM_NAMES = ["disbatch", "disBatch"] as const;

const WRITERS: Readonly<
  Record<CompletionShell, (program: ProgramDescription, programNames: readonly string[]) => string>
> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** The script that a shell reads to complete command lines of the program; it holds all that it needs, and ends with a newline. */
export function completionScript(shell: CompletionShell, program: ProgramDescription): string {
  return WRITERS[shell](program, PROGRAM_NAMES);
}

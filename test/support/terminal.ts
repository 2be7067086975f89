import type { Artifact } from "./artifacts.ts";
import { KEEP_OPEN, type DisbatchRun } from "./run-disbatch.ts";
import type { Workspace } from "./workspace.ts";

/** What Ctrl-C sends to a terminal. */
export const CTRL_C = "\u0003";

/**
 * Runs the program on a terminal of its own (with `script` of util-linux). What the terminal shows is `stdout()`, and what is
 * written to `stdin` is typed.
 */
export function runOnTerminal(
  workspace: Workspace,
  artifact: Artifact,
  args: readonly string[],
  options: { readonly columns: number; readonly env?: Readonly<Record<string, string>> },
): DisbatchRun {
  const command = [...artifact.command, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
  const script = `stty rows 24 cols ${options.columns}; exec ${command}`;
  const onTerminal: Artifact = { ...artifact, command: ["script", "-qefc", script, "/dev/null"] };
  return workspace.run(onTerminal, [], { stdin: KEEP_OPEN, env: { TERM: "xterm-256color", ...options.env } });
}

import type { Command } from "commander";

/** Gives a command its operand: the run that it is about. */
export function addPrefix(command: Command): Command {
  return command
    .usage("[options] [PREFIX]")
    .argument(
      "[PREFIX]",
      "the run: its prefix, any file of it, or its folder (default: the newest run in this folder)",
    );
}

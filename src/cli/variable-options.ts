import type { Command } from "commander";
import { DEFAULTS } from "../run/settings.ts";
import { variable } from "./option-values.ts";

/** Adds the options that say which variables tasks find: those of `plan`, too. */
export function addVariableOptions(command: Command): Command {
  return command
    .option("--env <NAME[=VALUE]>", "give tasks this variable on every host", variable, [])
    .option("--env-all", "give tasks the variables of this shell on every host", DEFAULTS.envAll);
}

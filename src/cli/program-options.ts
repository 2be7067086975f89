import { type Command, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import { DEFAULTS, type RunSettings, takesFromPrograms } from "../run/settings.ts";
import type { GivenOption } from "./command-line.ts";
import { serverAddressOr } from "./option-values.ts";

/** Whether a word behind this option would be its value, though it was given without one. */
export function mayTakeValue([flag, value]: GivenOption): boolean {
  return value === undefined && (flag === "--kvsserver" || flag === "--taskserver");
}

/** Adds the options by which programs make tasks, and tasks find a key-value server. */
export function addProgramOptions(command: Command): Command {
  return command
    .optionsGroup("Tasks that programs make:")
    .addOption(
      new Option("--kvsserver [HOST:PORT]", "give tasks a key-value server: this one, or the run's own")
        .preset("environment")
        .argParser(serverAddressOr("environment")),
    )
    .addOption(
      new Option("--taskserver [HOST:PORT]", "take tasks from programs by this key-value server, or the run's own")
        .preset("own")
        .argParser(serverAddressOr("own")),
    )
    .option("--taskcommand <CMD>", "take the tasks that CMD puts on the run's key-value server")
    .option("--kvs-open", "let the run's key-value server serve other hosts and users", DEFAULTS.kvsOpen);
}

/**
 * Refuses combinations that mean nothing.
 *
 * @param dryRun the tasks are to be printed and not run.
 * @throws UserError
 */
export function checkProgramOptions(settings: RunSettings, dryRun: boolean): void {
  const { taskFile, keepOpen, kvsserver, taskserver, taskcommand, kvsOpen } = settings;
  const isAddress = typeof kvsserver === "object" || typeof taskserver === "object";
  const hasOwn = !isAddress && (kvsserver !== undefined || takesFromPrograms(settings));
  if (kvsOpen && !hasOwn) {
    const message =
      "--kvs-open goes with the run's own key-value server: with --kvsserver, --taskserver or --taskcommand";
    throw new UserError("no-own-kvs", message);
  }
  if (!takesFromPrograms(settings)) return;
  const option = taskcommand === undefined ? "--taskserver" : "--taskcommand";
  if (taskserver !== undefined && taskcommand !== undefined) {
    throw new UserError("two-task-sources", "the tasks come from --taskserver or from --taskcommand, not from both");
  }
  if (taskFile !== undefined || settings.template !== undefined) {
    const list = taskFile ?? "each";
    const message = `${list}: with ${option} the tasks come from programs, and there can be no task file`;
    throw new UserError("two-task-sources", message);
  }
  if (keepOpen)
    throw new UserError("two-task-sources", `--keep-open does not go with ${option}, which keeps a run open`);
  if (dryRun)
    throw new UserError("nothing-to-preview", `--dry-run needs a task file: nobody knows what ${option} brings`);
  if (taskcommand?.trim() === "") throw new UserError("no-task-command", "--taskcommand needs a command");
  if (typeof kvsserver !== "object" || typeof taskserver !== "object") return;
  if (kvsserver.host !== taskserver.host || kvsserver.port !== taskserver.port) {
    throw new UserError("two-kvs", "--taskserver and --kvsserver name different servers: a run has one");
  }
}

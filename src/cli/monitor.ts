import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { shellWords } from "../domain/shell-words.ts";
import { isOwnFile } from "../files/own-file.ts";
import { findRun } from "../run/files/find-run.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import { filesByContact } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { addPrefix } from "./prefix-argument.ts";
import { show } from "./standard-output.ts";
import type { TaskOutputs as TaskOutputsType } from "./task-outputs.ts";
import type { CallableRun } from "./with-run.ts";

/** How a run is watched. */
export interface MonitorOptions {
  readonly errors: boolean;
  readonly plain: boolean;
  readonly mouse: boolean;
}

/** Terminals that cannot move their cursor. */
const DUMB = new Set(["", "dumb", "unknown"]);

/** The options of `disbatch monitor`. */
export function describeMonitor(): Command {
  const command = newCommand("disbatch monitor").description(
    "Shows a run on the full screen: its engines, failures, running tasks, all tasks, slots and log. The run goes on when the monitor is left (q). " +
      "A run that has ended is shown from its records.",
  );
  return addMonitorOptions(addPrefix(command));
}

/** Gives a command the options that say how a run is watched. */
function addMonitorOptions(command: Command): Command {
  return command
    .option("--plain", "print lines of text as the run goes on, instead of using the screen", false)
    .option("--errors", "print a line for each failed task, as they come, instead of using the screen", false)
    .option("--mouse", "obey the mouse; the terminal then selects no text", false);
}

/** Does what `disbatch monitor` is asked for. @throws UserError for a run that cannot be shown. */
export async function startMonitor({ args, command }: Program): Promise<ExitCode> {
  const described = describeMonitor();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const { contact } = findRun(described.args[0], process.cwd());
  return showMonitor({ words: programName(command, process.env), contact }, described.opts<MonitorOptions>());
}

/** Watches a run until its user leaves; as lines, until it has ended. @throws UserError for a run that cannot be shown. */
export async function showMonitor(called: CallableRun, options: MonitorOptions): Promise<ExitCode> {
  if (options.plain && options.errors) {
    throw new UserError("conflicting-options", "--plain and --errors do not go together; ask for one of them");
  }
  const { TERM = "" } = process.env;
  const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
  if (!onTerminal && !options.plain && !options.errors) {
    const message = "the monitor needs a terminal; --plain prints lines of text, --errors the failed tasks";
    throw new UserError("no-terminal", message);
  }
  const files = filesByContact(called.contact);
  // Nothing else needs what these bring along: it is read when it is.
  const [{ openWatched }, { followFailures, followPlainly }] = await Promise.all([
    import("./watched-run.ts"),
    import("./follow-plainly.ts"),
  ]);
  const run = await openWatched(called, files);
  let outputs: TaskOutputsType | undefined;
  try {
    if (options.errors) return await followFailures(run);
    const [{ monitorOnScreen }, { rerunCommand }, { TaskOutputs }] = await Promise.all([
      import("./monitor-on-screen.ts"),
      import("./rerun-command.ts"),
      import("./task-outputs.ts"),
    ]);
    const rerun = rerunCommand(called.words, files, run.view.taskFile);
    // Of a run that cannot be taken up as it was the records are left.
    const recover = isOwnFile(files.recovery) ? recoverCommand(called.words, files.prefix) : rerun;
    if (options.plain || DUMB.has(TERM)) return await followPlainly(run, recover);
    const commands = { rerun, recover, explain: shellWords([...called.words, "explain", files.prefix]) };
    outputs = new TaskOutputs(files.output);
    const output = outputs.of.bind(outputs);
    return await monitorOnScreen(run, { commands, log: files.log, output, mouse: options.mouse });
  } finally {
    outputs?.close();
    await run.close();
  }
}

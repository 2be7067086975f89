import type { Command, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ControllerMessage } from "../wire/control-messages.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import type { ContextSettings } from "../places/context-settings.ts";
import { DEFAULTS } from "../run/settings.ts";
import { addContextOptions } from "./context-options.ts";
import type { MonitorOptions } from "./monitor.ts";
import { collect, positiveNumber, wholeNumber } from "./option-values.ts";

/** What somebody wants of a run that goes on. */
export type DbUtilRequest =
  /** Text that was asked for, such as the help. */
  | { readonly type: "show"; readonly text: string }
  | { readonly type: "status"; readonly json: boolean }
  | { readonly type: "monitor"; readonly options: MonitorOptions }
  /** What runs may finish, and nothing new starts. */
  | { readonly type: "stop"; readonly messages: readonly StopMessage[] }
  | { readonly type: "add"; readonly options: ContextSettings };

export type StopMessage = Extract<
  ControllerMessage,
  { type: "stop-task" | "stop-engine" | "stop-context" | "stop-run" }
>;

interface DbUtilOptions extends Partial<ContextSettings>, MonitorOptions {
  readonly mon: boolean;
  readonly status: boolean;
  readonly json: boolean;
  readonly stopTask: readonly number[];
  readonly stopEngine: readonly number[];
  readonly stopContext: readonly string[];
  readonly drainTimeout?: number;
  readonly stopRun: boolean;
}

/** More engines than a run ever has, and more tasks. */
const MOST_RANKS = 1_000_000_000;
const MOST_TASKS = 1_000_000_000_000;

/** Options of which a command line has one, or none and adds a context. */
const COMMANDS = ["status", "mon", "stopTask", "stopEngine", "stopContext", "stopRun"] as const;
/** Options that say more about one of them. */
const ADDITIONS = ["json", "plain", "errors", "mouse", "drainTimeout"] as const;

/**
 * Reads a command line of a run's dbUtil.sh.
 *
 * @param args without the words that only the script knows.
 * @param utility how it calls itself.
 * @throws UserError (exit code 2), one line.
 */
export function parseDbUtilOptions(args: readonly string[], utility: string): DbUtilRequest {
  const command = describeDbUtil(utility);
  const text = readCommandLine(command, args);
  if (text !== undefined) return { type: "show", text };
  const options: DbUtilOptions = command.opts();
  const { mon, plain, errors, mouse, status, json, stopTask, stopEngine, stopContext, stopRun, drainTimeout } = options;
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === "cli");
  refuseMixture(given);
  if (status) return { type: "status", json };
  if (mon) return { type: "monitor", options: { plain, errors, mouse } };
  const watching = (["plain", "errors", "mouse"] as const).find((name) => options[name]);
  if (watching !== undefined) throw new UserError("watching-without-mon", `--${watching} goes with --mon`);
  if (json) throw new UserError("json-without-status", "--json goes with --status");
  const within = drainTimeout === undefined ? {} : { within: drainTimeout };
  const messages: readonly StopMessage[] = [
    ...stopTask.map((id) => ({ type: "stop-task", id }) as const),
    ...stopEngine.map((rank) => ({ type: "stop-engine", rank, ...within }) as const),
    ...stopContext.map((label) => ({ type: "stop-context", label, ...within }) as const),
    ...(stopRun ? [{ type: "stop-run" } as const] : []),
  ];
  return messages.length > 0 ? { type: "stop", messages } : { type: "add", options: { ...DEFAULTS, ...options } };
}

/** A command goes with no other option, but for what says more about it. */
function refuseMixture(given: readonly Option[]): void {
  const isOne = (option: Option, names: readonly string[]): boolean => names.includes(option.attributeName());
  const command = given.find((option) => isOne(option, COMMANDS));
  const drainTimeout = given.find((option) => isOne(option, ["drainTimeout"]));
  if (drainTimeout !== undefined && (command === undefined || !isOne(command, ["stopEngine", "stopContext"]))) {
    const message = `${drainTimeout.long} goes with --stop-engine or --stop-context`;
    throw new UserError("drain-timeout-without-stop", message);
  }
  const other = given.find((option) => option !== command && !isOne(option, ADDITIONS));
  if (command === undefined || other === undefined) return;
  throw new UserError(
    "conflicting-options",
    `${command.long} and ${other.long} do not go together; ask for one of them`,
  );
}

/** The options of a dbUtil.sh. @param utility how it calls itself. */
export function describeDbUtil(utility: string): Command {
  const command = newCommand(utility)
    .usage("[options]")
    .description(
      "Adds engines to a run that goes on, and stays until they have left. With an option of the second list it shows the run, or stops engines of it; " +
        "their tasks may finish. It can also kill one task. Without -t, -c and -E, those of the run's own command line count.",
    )
    .optionsGroup("Adding engines:");
  return addContextOptions(command, { tasksPerNode: "the run's", cpusPerTask: "the run's" })
    .optionsGroup("Looking and stopping (one at a time, and without the options above):")
    .option("--status", "print how far the run is, and its engines", false)
    .option("--json", "with --status: print it as JSON, in one line", false)
    .option("--mon", "watch the run on the full screen", false)
    .option("--plain", "with --mon: print lines of text as the run goes on", false)
    .option("--errors", "with --mon: print a line for each failed task, as they come", false)
    .option("--mouse", "with --mon: obey the mouse; the terminal then selects no text", false)
    .option("--stop-task <ID>", "kill a task; it counts as failed, and is not run again", taskIds, [])
    .option("--stop-engine <RANK>", "let an engine finish what it runs, and leave", ranks, [])
    .option("--stop-context <LABEL>", "let the engines of a group of hosts finish, and leave", collect, [])
    .option("--drain-timeout <SECONDS>", "with these two: kill what still runs then", positiveNumber)
    .option("--stop-run", "let the run finish what it runs, and end", false);
}

function taskIds(value: string, previous: readonly number[]): number[] {
  return [...previous, wholeNumber(0, MOST_TASKS)(value)];
}

function ranks(value: string, previous: readonly number[]): number[] {
  return [...previous, wholeNumber(0, MOST_RANKS)(value)];
}

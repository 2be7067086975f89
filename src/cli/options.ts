import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import { EXIT_CODE_MEANINGS } from "../domain/exit-codes.ts";
import { LOG_LEVELS, type LogLevel } from "../reporters/log-lines.ts";
import { PROGRESS_MODES, type ProgressMode } from "../reporters/progress.ts";

/** The command line, checked word by word; what the words mean together is for others to say. */
export interface Options {
  readonly taskFile: string;
  readonly sshNode: readonly string[];
  readonly tasksPerNode?: number;
  readonly cpusPerTask?: number;
  readonly envResource: readonly string[];
  readonly contextTaskLimit: number;
  readonly label?: string;
  readonly prefix?: string;
  readonly statusHeader: boolean;
  readonly logfile?: string;
  readonly loglevel: LogLevel;
  readonly progress: ProgressMode;
  readonly exitCode: boolean;
  readonly failFast: boolean;
  readonly resumeFrom: readonly string[];
  readonly retry: boolean;
  readonly forceResume: boolean;
  readonly lenient: boolean;
  readonly dryRun: boolean;
  readonly gpu: boolean;
}

/** What the command line asks for. */
export type Request =
  | { readonly type: "run"; readonly options: Options }
  /** Text that was asked for, such as the help. */
  | { readonly type: "show"; readonly text: string };

/** No list of tasks and no machine is larger. */
const MOST = 1_000_000_000;

const EXAMPLE = `
Examples:
  disbatch -s localhost:5 Tasks               five tasks of the file at a time
  disbatch -r X_status.txt -R Tasks           what is not done yet, and what failed
  generate | disbatch -s localhost:5 -        tasks as another program writes them`;

/**
 * Reads a command line.
 *
 * @param args without the program's own name.
 * @throws UserError (exit code 2), one line.
 */
export function parseOptions(args: readonly string[], version: string): Request {
  let shown = "";
  let complaint = "";
  const command = describe(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (shown += text), writeErr: (text) => (complaint += text) });
  try {
    command.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { type: "show", text: shown };
    throw new UserError(error.code, oneLine(complaint === "" ? error.message : complaint));
  }
  const options: Omit<Options, "taskFile"> = command.opts();
  const [taskFile = ""] = command.args;
  return { type: "run", options: { ...options, taskFile } };
}

function describe(version: string): Command {
  return new Command("disbatch")
    .usage("[options] taskfile")
    .description(
      "Runs the commands of a task file, one per line, on this machine, and leaves a status file that can be resumed.",
    )
    .argument("<taskfile>", 'file of commands; "-" reads them from standard input')
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .configureHelp({ helpWidth: 100, optionDescription: describeOption })
    .optionsGroup("Where and how many at a time:")
    .option("-s, --ssh-node <HOST:COUNT,...>", "use COUNT cores of HOST (repeatable; now: localhost only)", collect, [])
    .option(
      "-t, --tasksPerNode <N>",
      "tasks at a time on each host (default: its cores / cores per task)",
      wholeNumber(1),
    )
    .option("-c, --cpusPerTask <N>", "cores for each task, may be a fraction (default: 1)", positiveNumber)
    .option(
      "-E, --env-resource <VAR>",
      "deal the comma-separated values of VAR out, one to each slot (repeatable)",
      collect,
      [],
    )
    .option("-C, --context-task-limit <N>", "take no more than N tasks (0: no limit)", wholeNumber(0), 0)
    .option("-l, --label <NAME>", "name of this group of hosts in the names of log files", label)
    .optionsGroup("What it leaves behind:")
    .option("-p, --prefix <PATH>", "folder, or beginning of the names, of all files of the run")
    .option("--status-header", "begin the status file with a line of column names", false)
    .option("--logfile <FILE>", "log to FILE instead of PREFIX_driver.log")
    .addOption(new Option("--loglevel <LEVEL>", "how much goes into the logs").choices(LOG_LEVELS).default("INFO"))
    .addOption(new Option("--progress <HOW>", "what is shown meanwhile").choices(PROGRESS_MODES).default("auto"))
    .optionsGroup("When tasks fail:")
    .option("-e, --exit-code", "exit code 1 when any task failed", false)
    .option("-f, --fail-fast", "end everything at the first failure, exit code 1", false)
    .optionsGroup("Going on with an earlier run:")
    .option("-r, --resume-from <FILE>", "skip tasks that this status file has an outcome for (repeatable)", collect, [])
    .option("-R, --retry", "with -r: run those again that failed", false)
    .option("--force-resume", "with -r: compare task ids only, not commands", false)
    .optionsGroup("The task file:")
    .option("--dry-run", "check the file and print its tasks as they would run; run nothing", false)
    .option("--lenient", "take doubtful directives as disBatch 3 does, with a warning", false)
    .addOption(new Option("-g, --gpu", "deprecated, ignored").default(false).hideHelp())
    .addHelpText("after", `\nExit codes:\n${exitCodes()}\n${EXAMPLE}`);
}

/** The description, with the choices and the default where there is something to know. */
function describeOption({ description, argChoices, defaultValue }: Option): string {
  const notes = argChoices === undefined ? [] : [argChoices.join(", ")];
  if (typeof defaultValue === "string" || typeof defaultValue === "number") notes.push(`default: ${defaultValue}`);
  return notes.length === 0 ? description : `${description} (${notes.join("; ")})`;
}

function exitCodes(): string {
  return EXIT_CODE_MEANINGS.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`).join("\n");
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function wholeNumber(least: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^[0-9]+$/.test(value) || number < least || number > MOST) {
      throw new InvalidArgumentError(`It must be a whole number, ${least} to ${MOST}.`);
    }
    return number;
  };
}

function positiveNumber(value: string): number {
  const number = Number(value);
  if (!/^[0-9.]+$/.test(value) || !Number.isFinite(number) || number <= 0) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return number;
}

function label(value: string): string {
  if (!/^[A-Za-z0-9_.-]+$/.test(value)) {
    throw new InvalidArgumentError("It may hold letters, digits, and the characters _ . - only.");
  }
  return value;
}

/** Commander's `error: ...` and its suggestion on a line of their own, as one line in this program's style. */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/^error: /, "")
    .replaceAll(/\s*\n\s*/g, " ");
}

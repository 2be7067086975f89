import { type Command, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import { BINDINGS } from "../domain/binding.ts";
import { OUTPUT_KEEPS } from "../domain/output-terms.ts";
import { ON_DRIVER_LOST } from "../domain/lease.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../domain/log.ts";
import { PROGRESS_MODES, type ProgressMode } from "../faces/terminal/progress.ts";
import { outputTemplate } from "../records/output/template.ts";
import type { ListTemplate } from "../tasks/templates/list-template.ts";
import { DEFAULTS, type RunSettings, takesStream } from "../run/settings.ts";
import { answer, givenOptions, type GivenOption, newCommand, readCommandLine } from "./command-line.ts";
import { addContextOptions } from "./context-options.ts";
import { EACH, type EachOptions, guardValues, templateOf } from "./each-words.ts";
import { afterOptions, RUN_USAGE, shortHelp } from "./run-help.ts";
import { addProgramOptions, checkProgramOptions } from "./program-options.ts";
import { addLimitOptions, addThrottleOptions } from "./limit-options.ts";
import { addNoticeOptions, checkNoticeOptions, type NoticeOptions } from "./notice-options.ts";
import { address, atLeast, collect, haltPolicy, outputLimit, reservedHosts, wholeNumber } from "./option-values.ts";
import { isDocument } from "./document-name.ts";
import { RETRY, type RetryOptions, retryRequest } from "./retry-words.ts";
import {
  addSecretsOption,
  addWorkflowOptions,
  checkWorkflowOptions,
  type WorkflowOptions,
  workflowRequest,
} from "./workflow-options.ts";
import { addNeedOptions, addResourceOptions, addRetryOptions, checkTerms } from "./term-options.ts";
import { describeVersion } from "./version.ts";
import { addVariableOptions } from "./variable-options.ts";
import { addWebOptions, checkWebOptions, type GivenWebOptions, type WebOptions } from "./web-options.ts";

/** What only the command line has to say: how the user wants to see the run, and to hear of its end. */
export interface FaceOptions {
  readonly progress: ProgressMode;
  /** Exit code 1 tells that a task has failed. */
  readonly exitCode: boolean;
  /** The tasks are printed and not run. */
  readonly dryRun: boolean;
  /** Deprecated, ignored. */
  readonly gpu: boolean;
  readonly notices: NoticeOptions;
  /** How its web page is served, if it is. */
  readonly web?: WebOptions | undefined;
}

/** A run is to be begun. */
export interface RunRequest {
  readonly type: "run";
  readonly settings: RunSettings;
  readonly face: FaceOptions;
}

/** What the command line asks for. */
export type Request =
  | RunRequest
  /** Take up the run of this prefix, whose driver has died. */
  | { readonly type: "recover"; readonly prefix: string }
  /** Text that was asked for, such as the help. */
  | { readonly type: "show"; readonly text: string };

/** Less leaves no time for a busy machine. */
const LEAST_LEASE = 1;

/**
 * Reads a command line of a run.
 *
 * @param args without the program's own name; `each` is the first of them where that command has begun the run.
 * @throws UserError (exit code 2), one line.
 */
export function parseOptions(args: readonly string[], version: string): Request {
  const [verb] = args;
  const isEach = verb === EACH;
  const { command, text } = readRun(args, describeFor(verb, version));
  if (text !== undefined) return { type: "show", text };
  const { recover, zip = false, csv = [], progress, exitCode, dryRun, gpu, ...others }: GivenOptions = command.opts();
  const { web, webAddress, webControl, ...withNotices } = others;
  const { mailTo, mailFreq, smtp, smtpPasswordFile, onFailure, onEnd, ...runOptions } = withNotices;
  const { param, from = [], force, cache, maxInstances, secretsFile, only = false, ...withForm } = runOptions;
  const { format, groups, jobIdTemplate, ...given } = withForm;
  const ofWorkflow = { param, from, force, cache, maxInstances, secretsFile, format, groups, jobIdTemplate };
  const [first, ...goals] = isEach ? [] : command.args;
  const workflow =
    verb === RETRY
      ? retryRequest(command.args, { ...ofWorkflow, ...given, only })
      : first !== undefined && (format !== undefined || isDocument(first))
        ? workflowRequest(first, goals, ofWorkflow)
        : undefined;
  if (workflow === undefined && goals.length > 0) throw tooManyArguments(command.args);
  const taskFile = workflow === undefined ? first : undefined;
  const template = isEach ? templateOf(command.args, { zip, csv }) : undefined;
  if (recover !== undefined) {
    // The run has its task file and its options already.
    if (args.length === (args[0] === "--recover" ? 2 : 1)) return { type: "recover", prefix: recover };
    throw new UserError("recover-alone", "--recover PREFIX goes alone: the run has its task file and its options");
  }
  const isMadeByPrograms = given.taskserver !== undefined || given.taskcommand !== undefined;
  const hasList =
    first !== undefined ||
    workflow !== undefined ||
    template !== undefined ||
    given.keepOpen === true ||
    isMadeByPrograms;
  if (taskFile === "" || !hasList)
    throw new UserError("no-task-file", "name a task file; - reads standard input (see --help)");
  const settings = { ...DEFAULTS, ...given, taskFile, template, workflow };
  checkWorkflowOptions(settings, ofWorkflow);
  checkCombinations(settings);
  checkProgramOptions(settings, dryRun);
  checkTerms(settings);
  const notices = { mailTo, mailFreq, smtp, smtpPasswordFile, onFailure, onEnd };
  checkNoticeOptions(notices);
  const served = checkWebOptions({ web, webAddress, webControl });
  const face = { progress, exitCode: exitCode || workflow !== undefined, dryRun, gpu, notices, web: served };
  return { type: "run", settings, face };
}

/** What commander has made of the options; those without a default are there only when they were given. */
type GivenOptions = Omit<FaceOptions, "notices" | "web"> &
  NoticeOptions &
  GivenWebOptions &
  Partial<EachOptions> &
  Partial<WorkflowOptions> &
  Partial<RetryOptions> &
  Partial<Omit<RunSettings, "taskFile" | "template" | "workflow">> & { readonly recover?: string };

/** A command line in its parts, each option by its shortest name. */
export interface CommandWords {
  readonly given: readonly GivenOption[];
  /** The task file, or the document. */
  readonly taskFile: string | undefined;
  /** What is wanted of the document. */
  readonly goals?: readonly string[] | undefined;
  /** The command of `each` and the sources of its values; undefined for any other run. */
  readonly template?: readonly string[] | undefined;
}

/** The template that a command line of `each` gives; undefined for any other. @throws UserError `bad-template`. */
export function templateIn({ given, template }: CommandWords): ListTemplate | undefined {
  const csv = given.flatMap(([flag, value = ""]) => (flag === "--csv" ? [value] : []));
  return template && templateOf(template, { zip: given.some(([flag]) => flag === "--zip"), csv });
}

/** Whether tasks come from standard input, or values of them do. @throws UserError `bad-template`. */
export function takesInput(words: CommandWords): boolean {
  return takesStream({ taskFile: words.taskFile, template: templateIn(words) });
}

/** The same as it was read. */
export interface ReadCommandWords extends CommandWords {
  /** Text that it asks for, such as the help; the parts behind that have not been read then. */
  readonly shown: string | undefined;
}

/** Takes a command line apart, and refuses no combination. @throws UserError (exit code 2) as `parseOptions` does. */
export function commandWords(args: readonly string[]): ReadCommandWords {
  const isEach = args[0] === EACH;
  const described = describeFor(args[0], "");
  const given = givenOptions(described);
  const { command, text: shown } = readRun(args, described);
  if (isEach) return { given, taskFile: undefined, template: command.args, shown };
  const [taskFile, ...goals] = command.args;
  return { given, taskFile, goals, shown };
}

function readRun(
  args: readonly string[],
  command: Command,
): { readonly command: Command; readonly text: string | undefined } {
  const [verb, ...words] = args;
  const read = verb === EACH ? guardValues(words) : verb === RETRY ? words : args;
  return { command, text: readCommandLine(command, read) };
}

/** The options of the command that begins a run. @param verb its first argument. */
function describeFor(verb: string | undefined, version: string): Command {
  if (verb === EACH) return describeEach();
  return verb === RETRY ? describeRetry() : describeRun(version);
}

/** The options of a run. @param version of this program. */
export function describeRun(version: string): Command {
  const command = newCommand("disbatch")
    .usage(RUN_USAGE)
    .description(
      "Runs the commands of a task file, one a line, on this machine and on others, and leaves a status file that can be resumed.",
    )
    .argument("[TASKFILE]", 'file of commands, one a line; "-" reads them from standard input')
    .argument("[GOAL...]", "of a document: what is to be done, and what it needs; all, unless given");
  addWorkflowOptions(addRunOptions(command))
    .addOption(
      new Option("--recover <PREFIX>", "go on with a run whose driver was killed").helpGroup(
        "When engines and hosts die:",
      ),
    )
    .optionsGroup("Help:")
    .addOption(new Option("-h", "print the options that most runs need, on one screen"))
    .addHelpOption(new Option("--help", "print this help").helpGroup("Help:"))
    .version(describeVersion(version), "--version", "print the version")
    .addHelpText("after", afterOptions());
  return command.on("option:h", () => answer(command, shortHelp(command)));
}

/** The operands and options of `disbatch each`: those of a run, and its own. */
export function describeEach(): Command {
  const command = newCommand("disbatch each")
    .usage("[options] COMMAND [VALUES...]")
    .description(
      "Runs a command once for each combination of values, as if somebody had written the task file. All options of a run apply.",
    )
    .argument("<COMMAND>", "a line for bash with {NAME} where a value is to stand, in quotes as one word")
    .argument("[VALUES...]", "NAME=1..100, NAME=a,b,c, NAME=@FILE for the lines of a file; or ::: and values for {}")
    .optionsGroup("How values are combined:")
    .option("--zip", "pair the lists of values, which have the same length, and combine no others", false)
    .option("--csv <FILE>", "take columns of this CSV file by the names in its first row", collect, []);
  addRunOptions(command);
  const dryRun = command.options.find(({ long }) => long === "--dry-run");
  if (dryRun !== undefined) dryRun.description = "print the task file that the command stands for; run nothing";
  return command;
}

/** The operands and options of `disbatch retry`: those of a run, and its own. */
export function describeRetry(): Command {
  const command = newCommand("disbatch retry")
    .usage("[options] PREFIX [INSTANCE...]")
    .description(
      "Runs again what has failed of a document, and what follows it; or these instances, whatever came of them. All options of a run apply.",
    )
    .argument("[PREFIX]", "the run: its prefix, any file of it, or its folder (default: the newest run in this folder)")
    .argument("[INSTANCE...]", "names of tasks or instances, such as 'fetch[day=3]'")
    .option("--only", "run these alone, or those that failed, and nothing that follows them", false);
  return addSecretsOption(addRunOptions(command));
}

/** A task file goes alone. */
function tooManyArguments(words: readonly string[]): UserError {
  const message = `too many arguments. Expected 1 argument but got ${words.length}: only a document (.yaml, .yml, .json) has goals.`;
  return new UserError("commander.excessArguments", message);
}

/** Adds the options that every run has. */
function addRunOptions(command: Command): Command {
  command.optionsGroup("Where and how many at a time:");
  addContextOptions(command, { tasksPerNode: "as cores allow", cpusPerTask: "1" })
    .addOption(
      new Option("--context <LABEL=HOST:COUNT,...>", "use these hosts too, for tasks that name LABEL as their context")
        .default([])
        .argParser(reservedHosts)
        .helpGroup("Where and how many at a time:"),
    )
    .optionsGroup("What each task needs, and how long it may take:");
  addResourceOptions(addNeedOptions(command))
    .addOption(new Option("--bind <WHAT>", "run each task on its own cores, and on no others").choices(BINDINGS))
    .optionsGroup("Variables of tasks:");
  addVariableOptions(command)
    .optionsGroup("Engines that come and go:")
    .addOption(
      new Option("-S, --startup-only", "begin without hosts; PREFIX_dbUtil.sh adds them")
        .default(DEFAULTS.startupOnly)
        .conflicts(["sshNode", "hostfile", "context", "envResource", "retireCmd"])
        .implies({ waitForEngines: true }),
    )
    .option("--wait-for-engines", "wait for more engines when none is left", DEFAULTS.waitForEngines)
    .option("--use-address <HOST[:PORT]>", "the only address by which other hosts call this one", address)
    .optionsGroup("When engines and hosts die:")
    .option(
      "--lease <SECONDS>",
      "how long an engine may be out of touch with the driver",
      atLeast(LEAST_LEASE),
      DEFAULTS.lease,
    )
    .option(
      "--crash-limit <N>",
      "give a task up when N engines have died running it",
      wholeNumber(1),
      DEFAULTS.crashLimit,
    )
    .option(
      "--engine-restarts <N>",
      "start an engine again that died, N times on each host",
      wholeNumber(0),
      DEFAULTS.engineRestarts,
    )
    .addOption(
      new Option("--on-driver-lost <WHAT>", "what engines do with their tasks when the lease ends")
        .choices(ON_DRIVER_LOST)
        .default(DEFAULTS.onDriverLost),
    )
    .option("--drain-timeout <SECONDS>", "kill what still runs then on an engine that is to leave", atLeast(0))
    .option("--requeue-resume", "go on with the same run when Slurm has requeued the job", DEFAULTS.requeueResume)
    .optionsGroup("What it leaves behind:")
    .option("-p, --prefix <PATH>", "folder, or beginning of the names, of the run's files")
    .addOption(
      new Option("--overwrite", "replace the files of an earlier run of the same prefix")
        .default(DEFAULTS.overwrite)
        .conflicts("resumeFrom"),
    )
    .addOption(
      new Option("--output <WHICH>", "of which tasks to keep what they print; default: failed").choices(OUTPUT_KEEPS),
    )
    .option(
      "--output-limit <SIZE>",
      "keep the last SIZE of each stream of a task, such as 1M (default: 64K)",
      outputLimit,
    )
    .option("--output-dir <DIR>", "write what all tasks print into files by name, in folders of 1,000 tasks")
    .option("--status-header", "begin the status file with a line of column names", DEFAULTS.statusHeader)
    .option("--logfile <FILE>", "log to FILE instead of PREFIX_driver.log")
    .addOption(
      new Option("--loglevel <LEVEL>", "how much goes into the logs").choices(LOG_LEVELS).default(DEFAULTS.loglevel),
    )
    .addOption(
      new Option("--log-format <HOW>", "write logs as text or as JSON lines")
        .choices(LOG_FORMATS)
        .default(DEFAULTS.logFormat),
    )
    .addOption(
      new Option("--progress <HOW>", "what is shown while the run goes on").choices(PROGRESS_MODES).default("auto"),
    );
  addWebOptions(command)
    .optionsGroup("When tasks fail:")
    .option("-e, --exit-code", "exit code 1 when any task failed", false)
    .option("-f, --fail-fast", "end everything at the first failure, with exit code 1", DEFAULTS.failFast)
    .addOption(
      new Option(
        "--halt <WHEN,WHAT=N>",
        "end the run early: soon or now, at N tasks (or N%) that fail, success, or are done",
      )
        .argParser(haltPolicy)
        .conflicts("failFast"),
    )
    .option(
      "--max-failures-per-engine <N>",
      "stop an engine on which N tasks in a row failed, while tasks succeeded elsewhere",
      wholeNumber(1),
    );
  addRetryOptions(command).optionsGroup("Limits of tasks:");
  addLimitOptions(command).optionsGroup("Holding tasks back:");
  addThrottleOptions(command);
  addNoticeOptions(command)
    .optionsGroup("Going on with an earlier run:")
    .option("-r, --resume-from <FILE>", "skip the tasks that have an outcome in this status file", collect, [])
    .option("-R, --retry", "with -r: run the failed tasks once more", DEFAULTS.retry)
    .option("--force-resume", "with -r: compare the ids of tasks only, not commands", DEFAULTS.forceResume)
    .optionsGroup("The task file:")
    .option("--dry-run", "check the file and print its tasks; run nothing", false)
    .option(
      "--keep-open",
      "take more tasks while the run goes on, until it is told that there are no more",
      DEFAULTS.keepOpen,
    )
    .option("--lenient", "take doubtful directives as disBatch 3 does, and warn", DEFAULTS.lenient);
  return addProgramOptions(command).addOption(new Option("-g, --gpu", "deprecated, ignored").default(false).hideHelp());
}

function checkCombinations({ retry, forceResume, resumeFrom, outputDir }: RunSettings): void {
  if (outputDir !== undefined) outputTemplate(outputDir, "/");
  if (resumeFrom.length > 0) return;
  if (retry) throw new UserError("retry-without-resume", "-R goes with -r STATUSFILE; there is nothing to retry");
  if (forceResume) throw new UserError("force-without-resume", "--force-resume goes with -r STATUSFILE");
}

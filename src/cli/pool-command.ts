import { basename } from "node:path";
import type { EngineTerms } from "../domain/engine-terms.ts";
import { describeError, UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { ContextLauncher } from "../places/launchers/context-launcher.ts";
import { printable, printableLines } from "../faces/terminal/text.ts";
import type { ContextName, DriverAnswer } from "../wire/control-messages.ts";
import { slurmPrograms } from "../places/slurm/ask.ts";
import { attend } from "./attend.ts";
import type { ContextOptions } from "./context-options.ts";
import { findPlace, isPlaceGiven, type Place } from "./place.ts";
import { type ReachedRun, reachRun } from "./pool-contact.ts";
import { PoolContext } from "./pool-context.ts";
import { parsePoolOptions, type PoolRequest, type StopMessage } from "./pool-options.ts";
import { POOL_ARGUMENTS } from "./pool-script.ts";
import { formatStatus } from "./pool-status.ts";
import { callsElsewhere, PoolTie } from "./pool-tie.ts";
import { programName } from "./program-name.ts";
import { afterItsDeath } from "./recover-command.ts";
import { filesByContact } from "./run-files.ts";
import { print } from "./standard-output.ts";
import { jobToUse, makeStarters } from "./starters.ts";
import { refuseMissingWorkdir } from "./workdir.ts";

/** Codes of what a helper meets that comes too late: the run needs no more engines. */
const TOO_LATE = new Set(["no-run", "run-ended", "run-ending"]);

/** This program, as the utility of a run. */
interface Utility {
  readonly command: readonly [string, ...string[]];
  /** The words that start this program in the user's shell. */
  readonly program: readonly string[];
  /** Path of the run's contact file. */
  readonly contact: string;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

export function isPoolCommand(args: readonly string[]): boolean {
  return args.length > POOL_ARGUMENTS.length && POOL_ARGUMENTS.every((word, i) => args[i] === word);
}

/**
 * Does what a run's dbUtil.sh is asked for.
 *
 * @param command how this program is started.
 * @param args all that `isPoolCommand` has said yes to.
 */
export async function runPool(command: readonly [string, ...string[]], args: readonly string[]): Promise<ExitCode> {
  const [contact = "", ...words] = args.slice(POOL_ARGUMENTS.length);
  const name = basename(filesByContact(contact).util);
  const say = (message: string): void => void process.stderr.write(`${name}: ${printable(message)}\n`);
  try {
    return await obey(parsePoolOptions(words, name), {
      command,
      program: programName(command, process.env),
      contact,
      say,
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.diagnostics.length > 0) process.stderr.write(`${printableLines(describeError(error))}\n`);
    else say(error.message);
    return error.exitCode;
  }
}

function obey(request: PoolRequest, utility: Utility): Promise<ExitCode> {
  switch (request.type) {
    case "show":
      return show(request.text);
    case "status":
      return showStatus(utility, request.json);
    case "stop":
      return stop(utility, request.messages);
    case "add":
      return add(utility, request.options);
    default:
      return request satisfies never;
  }
}

async function showStatus(utility: Utility, json: boolean): Promise<ExitCode> {
  const { snapshot } = await withRun(utility, ({ line }) => line.ask({ type: "status" }, "status"));
  const { isTTY, columns } = process.stdout;
  return show(json ? `${JSON.stringify(snapshot)}\n` : formatStatus(snapshot, isTTY ? columns : undefined));
}

function stop(utility: Utility, messages: readonly StopMessage[]): Promise<ExitCode> {
  return withRun(utility, async ({ line }) => {
    for (const message of messages) utility.say((await line.ask(message, "done")).message);
    return EXIT.done;
  });
}

/** Adds a context and stays with it; with none left to be helped there is nothing to do, and that is well. */
async function add(utility: Utility, options: ContextOptions): Promise<ExitCode> {
  if (!isPlaceGiven(options, process.env)) {
    const message =
      "say which hosts to add, with -s HOST:COUNT or --hostfile FILE, or do this in a Slurm job; or ask for --status or a --stop-...";
    throw new UserError("nothing-asked", message);
  }
  try {
    return await withRun(utility, (run) => serve(run, utility, options));
  } catch (error) {
    if (!(error instanceof UserError) || !TOO_LATE.has(error.code)) throw error;
    utility.say(`${error.message}: nothing to do`);
    return EXIT.done;
  }
}

interface GreetedRun extends ReachedRun {
  readonly welcome: Extract<DriverAnswer, { type: "welcome" }>;
}

/** Calls the run, and hangs up in the end. */
async function withRun<T>({ contact, program }: Utility, work: (run: GreetedRun) => Promise<T>): Promise<T> {
  const run = await reachRun(contact, program);
  try {
    return await work({ ...run, welcome: await run.line.greet() });
  } finally {
    await run.line.close();
  }
}

async function serve(
  { line, callsFrom, welcome }: GreetedRun,
  { command, program, contact, say }: Utility,
  options: ContextOptions,
): Promise<ExitCode> {
  const { env } = process;
  const { tasksPerNode, cpusPerTask } = welcome;
  // What this command line does not say is as on the first one.
  const request = {
    ...(tasksPerNode === undefined ? {} : { tasksPerNode }),
    ...(cpusPerTask === undefined ? {} : { cpusPerTask }),
    ...options,
  };
  const terms: EngineTerms = {
    ...welcome.terms,
    resources: options.envResource.length > 0 ? options.envResource : welcome.terms.resources,
    cwd: options.workdir ?? welcome.terms.cwd,
    threadEnv: options.threadEnv && welcome.terms.threadEnv,
  };
  const place = await findPlace(request, env, slurmPrograms(env), { isHelper: true });
  if (place === undefined) throw new Error("there is a place, or this is not asked for");
  const { draft, slurm, notes } = place;
  for (const note of notes) say(note);
  const { nodes, taskLimit } = draft;
  refuseMissingWorkdir(terms.cwd, nodes);
  const wish = nameOf(place, options);
  const usesOtherHosts = nodes.some(({ node, destination }) =>
    slurm === undefined ? destination !== undefined : node !== slurm.ownNode,
  );
  const elsewhere = callsElsewhere(usesOtherHosts, callsFrom);
  const addition = { type: "add-context", ...wish, nodes: [...nodes], taskLimit, elsewhere } as const;
  const added = await line.ask(addition, "context-added");
  const job = slurm === undefined ? {} : { slurm: jobToUse(slurm, options, say) };
  const starters = makeStarters({ terms, command, ssh: options, callsFrom, env, say, ...job });
  const launcher = new ContextLauncher({ ...draft, label: added.label }, starters);
  const tie = new PoolTie({ line, callsFrom, added, usesOtherHosts, callAgain: () => reachRun(contact, program) });
  const context = new PoolContext({ tie, launcher, afterItsDeath: () => afterItsDeath(program, terms.prefix), say });
  const stopAttending = attend(context, { slurm, minTimeLeft: options.minTimeLeft, env });
  try {
    return await context.serve();
  } finally {
    stopAttending();
  }
}

/** A Slurm job has a name, which may be taken if the job was here before. */
function nameOf({ draft, slurm }: Place, { label }: ContextOptions): ContextName {
  if (label !== undefined) return { label };
  return slurm === undefined || draft.label === undefined ? {} : { stem: draft.label };
}

async function show(text: string): Promise<ExitCode> {
  await print(text);
  return EXIT.done;
}

import { basename } from "node:path";
import { describeError, UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { printable, printableLines } from "../domain/printable.ts";
import { addContext, type GreetedRun } from "../control/add-context.ts";
import { wordsOfDone } from "../control/words.ts";
import { reachRun } from "../control/reach-run.ts";
import type { ContextSettings } from "../places/context-settings.ts";
import { isPlaceGiven } from "../places/place.ts";
import { POOL_ARGUMENTS } from "../run/files/pool-script.ts";
import { afterItsDeath } from "../run/files/recover-command.ts";
import { filesByContact } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import { attend } from "./attend.ts";
import { type DbUtilRequest, parseDbUtilOptions, type StopMessage } from "./db-util-options.ts";
import { showMonitor } from "./monitor.ts";
import { hasTerminal } from "./signals.ts";
import { show } from "./standard-output.ts";
import { showStatus } from "./status.ts";
import { type CallableRun, OUT_OF_REACH, withRun } from "./with-run.ts";

/** Codes of what a helper meets that comes too late: the run needs no more engines. */
const TOO_LATE = new Set(["no-run", "run-ended", "run-ending"]);

/** A program that is asked something as the utility of a run. */
interface Utility extends CallableRun {
  readonly program: Program;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** Does what a run's dbUtil.sh is asked for. @param program whose arguments `isDbUtilCommand` has said yes to. */
export async function runDbUtil(program: Program): Promise<ExitCode> {
  const [contact = "", ...args] = program.args.slice(POOL_ARGUMENTS.length);
  const name = basename(filesByContact(contact).util);
  const say = (message: string): void => void process.stderr.write(`${name}: ${printable(message)}\n`);
  const words = programName(program.command, process.env);
  try {
    return await obey(parseDbUtilOptions(args, name), { program, words, contact, say });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.diagnostics.length > 0) process.stderr.write(`${printableLines(describeError(error))}\n`);
    else say(error.message);
    return OUT_OF_REACH.has(error.code) ? EXIT.unfinished : error.exitCode;
  }
}

function obey(request: DbUtilRequest, utility: Utility): Promise<ExitCode> {
  switch (request.type) {
    case "show":
      return show(request.text);
    case "status":
      return showStatus(utility, request.json);
    case "monitor":
      return showMonitor(utility, request.options);
    case "stop":
      return stop(utility, request.messages);
    case "add":
      return add(utility, request.options);
    default:
      return request satisfies never;
  }
}

/** Asks for one after the other, also when some are refused. @returns the exit code of the first refusal. */
function stop(utility: Utility, messages: readonly StopMessage[]): Promise<ExitCode> {
  return withRun(utility, async ({ line }) => {
    let code: ExitCode = EXIT.done;
    for (const message of messages) {
      try {
        utility.say(wordsOfDone(await line.ask(message, "done")));
      } catch (error) {
        if (!(error instanceof UserError) || OUT_OF_REACH.has(error.code)) throw error;
        utility.say(error.message);
        if (code === EXIT.done) code = error.exitCode;
      }
    }
    return code;
  });
}

/** Adds a context and stays with it; with none left to be helped there is nothing to do, and that is well. */
async function add(utility: Utility, settings: ContextSettings): Promise<ExitCode> {
  if (!isPlaceGiven(settings, process.env)) {
    const message =
      "say which hosts to add, with -s HOST:COUNT or --hostfile FILE, or do this in a Slurm job; or ask for --status or a --stop-...";
    throw new UserError("nothing-asked", message);
  }
  try {
    return await withRun(utility, (run) => serve(run, utility, settings));
  } catch (error) {
    if (!(error instanceof UserError) || !TOO_LATE.has(error.code)) throw error;
    utility.say(`${error.message}: nothing to do`);
    return EXIT.done;
  }
}

async function serve(run: GreetedRun, utility: Utility, settings: ContextSettings): Promise<ExitCode> {
  const { program, words, contact, say } = utility;
  const { env } = process;
  const { context, slurm } = await addContext(run, settings, {
    command: program.command,
    version: program.version,
    env,
    callAgain: () => reachRun(contact, words),
    afterItsDeath: (prefix) => afterItsDeath(words, prefix),
    say,
  });
  const stopAttending = attend(context, { slurm, minTimeLeft: settings.minTimeLeft, env, onTerminal: hasTerminal() });
  try {
    return (await context.serve()) ? EXIT.done : EXIT.unfinished;
  } finally {
    stopAttending();
  }
}

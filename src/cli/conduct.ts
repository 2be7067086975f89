import type { ExitCode } from "../domain/exit-codes.ts";
import { LastWords } from "../faces/terminal/last-words.ts";
import { terminalObservers } from "../faces/terminal/run-observers.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import type { Program } from "../run/program-name.ts";
import type { Run } from "../run/run.ts";
import type { Surroundings } from "../run/surroundings.ts";
import { attend } from "./attend.ts";
import { exitCodeOfRun } from "./exit-code.ts";
import { GoingOn } from "./going-on.ts";
import { refuseLoginNode } from "./login-node.ts";
import type { FaceOptions } from "./options.ts";
import { hasTerminal } from "./signals.ts";
import { sumUp } from "./sum-up.ts";

/**
 * Has a run begun, shows it to its user, and has it obey signals, until it is over.
 *
 * @param program as it was started.
 * @param face asked once the run has its settings.
 * @param begin begins the run.
 * @throws UserError before anything has been run.
 */
export async function conduct(
  program: Program,
  face: () => FaceOptions,
  begin: (surroundings: Surroundings) => Promise<Run>,
): Promise<ExitCode> {
  const { env } = process;
  const { isTTY } = process.stderr;
  // Standard input is asked before anything reads from it: asking makes its reads return at once, those of other processes, too.
  const onTerminal = hasTerminal();
  const terminal = new Terminal(process.stderr);
  const run = await begin({
    program,
    env,
    input: () => process.stdin,
    observers: ({ counts, now, files }) =>
      terminalObservers({ counts, now, utility: files.util }, terminal, { progress: face().progress, isTTY, env }),
    say: sayOn(terminal),
    refuseThisMachine: (begun, ask) => refuseLoginNode(begun, env, ask),
    recoverable: (begun) => {
      const advice = new GoingOn(begun, env).afterDeath();
      const words = new LastWords(`disbatch: the driver was killed, and nothing is lost; ${advice}`);
      return () => words.withdraw();
    },
  });
  const goingOn = new GoingOn(run, env);
  const { slurm, settings } = run;
  const stopAttending = attend(run, {
    slurm,
    minTimeLeft: settings.minTimeLeft,
    env,
    onTerminal,
    warned: (warning) => goingOn.noteWarning(warning),
  });
  const outcome = await run.outcome;
  stopAttending();
  sumUp(outcome, run.files, goingOn.afterEnd(outcome), terminal, isTTY);
  return exitCodeOfRun(outcome, face().exitCode);
}

/** Tells the user something, in one line. */
export function sayOn(terminal: Terminal): (message: string) => void {
  return (message) => terminal.message(`disbatch: ${message}`);
}

import type { ExitCode } from "../domain/exit-codes.ts";
import { printable } from "../domain/printable.ts";
import type { Postman } from "../faces/notices/postman.ts";
import { shellWords } from "../domain/shell-words.ts";
import { LastWords } from "../faces/terminal/last-words.ts";
import { terminalObservers } from "../faces/terminal/run-observers.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { type Program, programName } from "../run/program-name.ts";
import type { Run } from "../run/run.ts";
import { hasKvs } from "../run/settings.ts";
import type { ObservedRun, Surroundings } from "../run/surroundings.ts";
import { attend } from "./attend.ts";
import { exitCodeOfRun } from "./exit-code.ts";
import { GoingOn } from "./going-on.ts";
import { refuseLoginNode } from "./login-node.ts";
import { noticeObservers } from "./notice-observers.ts";
import type { FaceOptions } from "./options.ts";
import { hasTerminal, hurryBySignals } from "./signals.ts";
import { sumUp } from "./sum-up.ts";

/**
 * Has a run begun, shows it to its user, and has it obey signals, until it is over.
 *
 * @param program as it was started.
 * @param face asked once the run has its settings; so is `postman`, who carries mails of it.
 * @param begin begins the run.
 * @throws UserError before anything has been run.
 */
export async function conduct(
  program: Program,
  face: () => FaceOptions,
  postman: () => Postman | undefined,
  begin: (surroundings: Surroundings) => Promise<Run>,
): Promise<ExitCode> {
  const { env } = process;
  const { isTTY } = process.stderr;
  // Standard input is asked before anything reads from it: asking makes its reads return at once, those of other processes, too.
  const onTerminal = hasTerminal();
  const terminal = new Terminal(process.stderr);
  const say = sayOn(terminal);
  const patience = new AbortController();
  let goingOn: GoingOn | undefined;
  const wayOn = (begun: ObservedRun): GoingOn => (goingOn ??= new GoingOn(begun, env));
  const run = await begin({
    program,
    env,
    input: () => process.stdin,
    observers: ({ settings: begun, counts, now, files }) => {
      const shown = { counts, now, utility: files.util, hasKvs: hasKvs(begun) };
      return terminalObservers(shown, terminal, { progress: face().progress, isTTY, env, say });
    },
    notices: (begun) => {
      const { notices: options } = face();
      const { signal: hurry } = patience;
      return noticeObservers(begun, { options, postman: postman(), goingOn: wayOn(begun), env, hurry, say });
    },
    say,
    hideVariables: (names) => {
      for (const name of names) delete process.env[name];
    },
    refuseThisMachine: (begun, ask) => refuseLoginNode(begun, env, ask),
    recoverable: (begun) => {
      const advice = wayOn(begun).afterDeath();
      const words = new LastWords(`disbatch: the driver was killed, and nothing is lost; ${advice}`);
      return () => words.withdraw();
    },
  });
  const { slurm, settings } = run;
  if (run.list?.isEnded === false) say(howToSubmit(program, run.files.prefix));
  const stopAttending = attend(run, {
    slurm,
    minTimeLeft: settings.minTimeLeft,
    env,
    onTerminal,
    warned: (warning) => wayOn(run).noteWarning(warning),
  });
  const letGo = await servedBeside(run, face().web, program, say);
  const outcome = await run.outcome.finally(letGo);
  // Mails and commands may take their time: the user has read by then what came of the run.
  const stopHurrying = hurryBySignals(patience, onTerminal);
  const { workflowEnd: workflow } = run;
  sumUp(outcome, run.files, { ...wayOn(run).afterEnd(outcome), workflow }, terminal, isTTY);
  await run.over;
  stopHurrying();
  stopAttending();
  return exitCodeOfRun(outcome, face().exitCode, workflow);
}

/** Has the page of a run served, where one is wanted. @returns lets go of it. */
async function servedBeside(
  run: Run,
  web: FaceOptions["web"],
  program: Program,
  say: (message: string) => void,
): Promise<() => void> {
  if (web === undefined) return () => undefined;
  const { serveBeside } = await import("./web-process.ts");
  return serveBeside(run, web, program, say);
}

function howToSubmit({ command }: Program, prefix: string): string {
  const submit = shellWords([...programName(command, process.env), "submit", prefix]);
  return `this run takes more tasks: ${submit} LINE...; when there are no more: ${submit} --done`;
}

/** Tells the user something, in one line. */
export function sayOn(terminal: Terminal): (message: string) => void {
  return (message) => terminal.message(`disbatch: ${printable(message)}`);
}

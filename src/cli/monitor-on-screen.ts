import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import type { FollowedRun } from "../domain/watch.ts";
import type { Commands, TaskOutput } from "../faces/monitor/state.ts";
import type { Screen } from "../faces/monitor/screen.ts";

export interface ScreenChoices {
  readonly commands: Commands;
  /** Path of the run's log file. */
  readonly log: string;
  /** What is kept of what a task has printed. */
  readonly output: (id: number) => Promise<TaskOutput>;
  readonly mouse: boolean;
}

/** Signals that end a program which does nothing about them, and that are not told of a fault in it. */
const ENDING = [
  "SIGTERM",
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGALRM",
  "SIGVTALRM",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGIO",
  "SIGPROF",
] as const satisfies readonly NodeJS.Signals[];
/** Terminals without colours. */
const COLOURLESS = /^vt\d|-m(?:ono)?$/;

/** Shows a run on the terminal until its user leaves. The terminal is given back as it was, however this ends. */
export async function monitorOnScreen(
  run: FollowedRun,
  { commands, log, output: outputOf, mouse }: ScreenChoices,
): Promise<ExitCode> {
  // Nothing else needs them: they are read when they are.
  const [{ Monitor }, { openScreen }] = await Promise.all([
    import("../faces/monitor/monitor.ts"),
    import("../faces/monitor/screen.ts"),
  ]);
  const { stdin: input, stdout: output, env } = process;
  let screen: Screen | undefined;
  const monitor = new Monitor(run, {
    ...{ commands, log, output: outputOf },
    print: (line) => void output.write(`${line}\r\n`),
    suspend: () => stopHere(() => monitor.resume()),
  });
  let endedBy: NodeJS.Signals | undefined;
  const ended = (signal: NodeJS.Signals): void => {
    screen?.leave();
    endedBy = signal;
    monitor.close();
  };
  const suspended = (): void => {
    screen?.leave();
    stopHere(() => monitor.resume());
  };
  const restore = (): void => screen?.leave();
  const handlers = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>([
    ...ENDING.map((signal) => [signal, ended] as const),
    // Slurm sends them to all of a job, and this is not the run.
    ...(["SIGUSR1", "SIGUSR2"] as const).map((signal) => [signal, () => undefined] as const),
    ["SIGTSTP", suspended],
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  // What is said about a crash is to stand on the terminal that the user goes on with.
  process.prependListener("uncaughtException", restore);
  const gone = (): void => monitor.close();
  for (const event of ["end", "error", "close"]) input.on(event, gone);
  try {
    screen = await openScreen({
      ...{ input, output, mouse, onKey: (key) => monitor.press(key), onResize: () => monitor.resized() },
      colours: (env["NO_COLOR"] ?? "") === "" && !COLOURLESS.test(env["TERM"] ?? ""),
      utf8: /utf-?8/i.test(env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || ""),
    });
    monitor.start(screen);
    await monitor.left;
  } finally {
    screen?.close();
    for (const event of ["end", "error", "close"]) input.off(event, gone);
    process.off("uncaughtException", restore);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  }
  // As for any program that it ends: the shell sees which signal it was.
  if (endedBy !== undefined) process.kill(process.pid, endedBy);
  return endedBy === undefined ? EXIT.done : EXIT.terminated;
}

/** Stops this job, as Ctrl-Z does, and says when it goes on. */
function stopHere(goesOn: () => void): void {
  const listeners = process.listeners("SIGTSTP");
  for (const listener of listeners) process.off("SIGTSTP", listener);
  process.once("SIGCONT", () => {
    for (const listener of listeners) process.on("SIGTSTP", listener);
    goesOn();
  });
  process.kill(0, "SIGTSTP");
}

import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { once } from "node:events";

/** A program with its arguments, and maybe a file as its standard input. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly input?: string;
  /** Folder in which it is started; this one, unless given. */
  readonly cwd?: string;
  /** Added to this program's own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Keep this much of what a program says, to show why it failed. */
const KEPT_STDERR = 2000;

/** A program that has been started. */
export interface Running {
  readonly child: ChildProcess;
  /** Process id. */
  readonly pid: number;
  /** Seconds since it was started. */
  readonly elapsed: () => number;
  /** Resolves with its exit code, or minus one when a signal ended it, and what it said last. */
  readonly ended: Promise<{ readonly seconds: number; readonly code: number; readonly stderr: string }>;
}

/** Starts a program; what it writes to its standard output is thrown away. */
export function start({ argv, input, cwd, env }: Command): Running {
  const stdin = openSync(input ?? "/dev/null", "r");
  const [program, ...args] = argv;
  const from = performance.now();
  const elapsed = (): number => (performance.now() - from) / 1000;
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: [stdin, "ignore", "pipe"] });
  closeSync(stdin);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-KEPT_STDERR)));
  let seconds = Number.NaN;
  child.once("exit", () => (seconds = elapsed()));
  const ended = once(child, "close").then(([code]: unknown[]) => ({
    seconds,
    code: typeof code === "number" ? code : -1,
    stderr,
  }));
  return { child, pid: child.pid ?? -1, elapsed, ended };
}

/** Runs a program and returns how many seconds it took. @throws Error when it ends with another exit code than this. */
export async function timed(command: Command, expectedCode = 0): Promise<number> {
  const { seconds, code, stderr } = await start(command).ended;
  if (code !== expectedCode) throw new Error(`${command.argv.join(" ")}: exit code ${code}: ${stderr}`);
  return seconds;
}

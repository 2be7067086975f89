import { spawn, type ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";
import type { Artifact } from "./artifacts.ts";
import { checkHints } from "./hints.ts";
import { until } from "./until.ts";

/** As `stdin`: the test writes and closes by itself. */
export const KEEP_OPEN = Symbol("keep open");

/** How to start the program. */
export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing of the test's own is added. */
  readonly env: Readonly<Record<string, string>>;
  /** What it reads, to the end of input; or `KEEP_OPEN` for a pipe that the test writes to. /dev/null when left out. */
  readonly stdin?: string | Uint8Array | typeof KEEP_OPEN;
  /** Arguments put before the program's own command line, for example a shell that sets limits. */
  readonly wrapper?: readonly string[];
  /** Words that make another user of it, who also pastes what it prints. */
  readonly as?: readonly string[];
}

/** How it ended; one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A disbatch that has been started, in a process group of its own. */
export interface DisbatchRun {
  readonly pid: number;
  /** To write to when it was started with `stdin: KEEP_OPEN`. */
  readonly stdin: Writable;
  /** Resolves when it has ended and all it wrote has been read. Rejects when a command line that it printed is no good. */
  readonly exited: Promise<Exit>;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** Sends the signal to disbatch alone. */
  signal(signal: NodeJS.Signals): void;
  /** What Ctrl-C does: SIGINT to the process group, that is to disbatch and to whatever it has left in its group; nothing when it has ended. */
  ctrlC(): void;
  /** Resolves when what it has written there matches. */
  stdoutShows(pattern: RegExp): Promise<void>;
  stderrShows(pattern: RegExp): Promise<void>;
}

/** Starts a built program. */
export function runDisbatch(artifact: Artifact, args: readonly string[], options: RunOptions): DisbatchRun {
  const [program, ...rest] = [...(options.as ?? []), ...(options.wrapper ?? []), ...artifact.command, ...args];
  const stdin = options.stdin === undefined ? "ignore" : "pipe";
  const child = spawn(program ?? "", rest, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: [stdin, "pipe", "pipe"],
    detached: true,
  });
  const stdout = collect(child, "stdout");
  const stderr = collect(child, "stderr");
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  }).then((exit) => {
    checkHints(stderr(), options.env, options.as);
    return exit;
  });
  // The program may end without having read everything: that is for its exit code to tell.
  child.stdin?.on("error", () => {});
  if (options.stdin !== undefined && options.stdin !== KEEP_OPEN) child.stdin?.end(options.stdin);
  const pid = child.pid ?? -1;
  return {
    pid,
    get stdin() {
      if (child.stdin === null) throw new Error("started without stdin: KEEP_OPEN");
      return child.stdin;
    },
    exited,
    stdout,
    stderr,
    signal: (signal) => void process.kill(pid, signal),
    ctrlC: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, "SIGINT");
    },
    stdoutShows: (pattern) => shows(stdout, pattern, "stdout"),
    stderrShows: (pattern) => shows(stderr, pattern, "stderr"),
  };
}

function shows(written: () => string, pattern: RegExp, stream: string): Promise<void> {
  return until(
    () => pattern.test(written()),
    () => `${pattern} on ${stream}, where there is:\n${JSON.stringify(written())}`,
  );
}

function collect(child: ChildProcess, stream: "stdout" | "stderr"): () => string {
  const chunks: Buffer[] = [];
  child[stream]?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

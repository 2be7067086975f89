/**
 * Starts one child process. The only file that knows which runtime it is in: Bun's own spawn starts a child in a fraction
 * of the time that its Node-compatible one takes, and Node forks its whole heap.
 */

import { spawn as spawnOnNode } from "node:child_process";
import { constants } from "node:os";
import type { Ending } from "../../domain/ending.ts";
import type { TaskUsage } from "../../domain/result.ts";
import { OwnPeak } from "./own-peak.ts";
import { errnoNumber, messageOf } from "../../domain/system-error.ts";

export interface SpawnRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** File descriptors for stdin, stdout and stderr. */
  readonly stdio: readonly [number, number, number];
}

/** How a child ended, or why it could not be started. */
export type ChildEnd =
  | Extract<Ending, { readonly type: "exited" | "signalled" }>
  | (Extract<Ending, { readonly type: "not-started" }> & { readonly reason: string });

export interface Child {
  /** Process id; -1 when the child could not be started. */
  readonly pid: number;
}

/**
 * Starts the file as the leader of a new session. `ended` is called exactly once, never before this function has
 * returned; it is called with `not-started` when the system refuses. Where the runtime tells what the child and those of its
 * children have used that it has waited for, it is told of that, too.
 */
export function spawn(request: SpawnRequest, ended: (end: ChildEnd, usage?: TaskUsage) => void): Child {
  try {
    return bun === undefined ? startOnNode(request, ended) : startOnBun(bun, request, ended);
  } catch (error) {
    queueMicrotask(() => ended(notStarted(error)));
    return { pid: -1 };
  }
}

function startOnNode(request: SpawnRequest, ended: (end: ChildEnd) => void): Child {
  const child = spawnOnNode(request.file, request.args, {
    env: request.env,
    cwd: request.cwd,
    stdio: [...request.stdio],
    detached: true,
  });
  // Node has no names for the real-time signals, and reports death by one as exit code 0.
  child.once("exit", (code, signal) => {
    if (code !== null) ended({ type: "exited", code });
    else ended({ type: "signalled", signal: signalNumber(signal) });
  });
  child.once("error", (error) => {
    if (child.pid === undefined) ended(notStarted(error));
  });
  return { pid: child.pid ?? -1 };
}

function startOnBun(
  runtime: BunRuntime,
  request: SpawnRequest,
  ended: (end: ChildEnd, usage?: TaskUsage) => void,
): Child {
  return runtime.spawn([request.file, ...request.args], {
    env: request.env,
    cwd: request.cwd,
    stdio: request.stdio,
    detached: true,
    onExit: (child, code, signal) => {
      const usage = usageOf(child);
      if (code !== null) ended({ type: "exited", code }, usage);
      else ended({ type: "signalled", signal: signalNumber(signal) }, usage);
    },
  });
}

/** Bun counts in microseconds and bytes. */
const MICROSECONDS = 1_000_000;
const ownPeak = new OwnPeak();

function usageOf(child: BunChild): TaskUsage | undefined {
  const usage = child.resourceUsage();
  if (usage === undefined) return undefined;
  // As exact as the other times of records.
  const cpu = Math.round(Number(usage.cpuTime.total) / 1000) / (MICROSECONDS / 1000);
  const peak = ownPeak.of(usage.maxRSS);
  return peak === undefined ? { cpu } : { cpu, peak };
}

function signalNumber(signal: string | number | null): number {
  if (typeof signal === "number") return signal;
  return SIGNAL_NUMBERS.get(signal ?? "") ?? UNKNOWN_SIGNAL;
}

/** What it means that this was thrown where a child was to be started. */
export function notStarted(error: unknown): Extract<ChildEnd, { type: "not-started" }> {
  const reason = messageOf(error);
  return { type: "not-started", errno: errnoNumber(error) || UNKNOWN_ERRNO, reason };
}

const SIGNAL_NUMBERS = new Map<string, number>(Object.entries(constants.signals));

/** What the status file shows when the system gave no number. */
const UNKNOWN_ERRNO = 200;
const UNKNOWN_SIGNAL = 99;

interface BunChild {
  resourceUsage(): { readonly maxRSS: number; readonly cpuTime: { readonly total: bigint } } | undefined;
}

/** The part of Bun's interface that is used here. */
interface BunRuntime {
  spawn(
    command: readonly string[],
    options: {
      readonly env: Readonly<Record<string, string | undefined>>;
      readonly cwd: string;
      readonly stdio: readonly [number, number, number];
      readonly detached: boolean;
      readonly onExit: (child: BunChild, code: number | null, signal: string | number | null) => void;
    },
  ): { readonly pid: number };
}

declare global {
  // Only a `var` makes a property of the global object known.
  var Bun: BunRuntime | undefined;
}

const bun = globalThis.Bun;

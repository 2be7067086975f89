import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { findProcesses, signal } from "../../../../src/node/process/process-table.ts";
import { ENGINE_MARK } from "../../../../src/domain/engine.ts";
import { childrenOf } from "../../../support/child-processes.ts";
import { until } from "../../../support/until.ts";
import { living } from "../../../unit/node/process/children.ts";
import type { EngineOrder } from "./watchdog-protocol.ts";

/** Runs a program without the files that whoever runs the tests has left open. */
const ALONE = 'for file in /proc/$$/fd/*; do fd=${file##*/}; ((fd < 3)) || eval "exec $fd>&-"; done; exec "$@"';

/** SIGTERM in a set of signals. */
const TERM = 1n << 14n;

/** A process with a watchdog and tasks. When the test is over nothing of it is left. */
export class WatchedEngine {
  readonly id = randomUUID();
  /** It leads a process group. */
  readonly pid: number;
  /** What it has said, and its tasks. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  /** All watchdogs that it was found to have. */
  readonly #watchdogs = new Set<number>();

  private constructor(runtime: string, script: string, lookSeconds: number) {
    const args = ["-c", ALONE, "bash", runtime, script, this.id, String(lookSeconds)];
    this.#child = spawn("/bin/bash", args, { stdio: ["pipe", "pipe", "inherit"], detached: true });
    this.pid = this.#child.pid ?? -1;
    if (this.#child.stdout === null) throw new Error("no output");
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.lines.push(line));
    this.#child.stdin?.on("error", () => undefined);
  }

  /** Resolves when it has a watchdog. @param script what `bundle` has made of the probe. */
  static async start(runtime: string, script: string, lookSeconds = 1): Promise<WatchedEngine> {
    const engine = new WatchedEngine(runtime, script, lookSeconds);
    onTestFinished(() => engine.#end());
    await engine.saysLines(1);
    await engine.watchdog();
    return engine;
  }

  order(order: EngineOrder): void {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** Starts a task that writes the ids of so many processes. @returns these ids. */
  async startTask(script: string, processes = 1, mark: string = this.id): Promise<number[]> {
    const before = this.lines.length;
    this.order({ type: "task", script, mark });
    await this.saysLines(before + processes);
    return this.lines.slice(before).map(Number);
  }

  /** No more orders. An engine that has nothing else to do ends. */
  endOrders(): void {
    this.#child.stdin?.end();
  }

  /** Resolves when this was said, so many lines in all. */
  async saysLines(count: number): Promise<void> {
    await until(
      () => this.lines.length >= count,
      () => `${count} lines, not only ${this.lines.join(" ")}`,
    );
  }

  /** Resolves when it has carried out all orders that were given: its watchdog has been told what they say. */
  async hasObeyed(): Promise<void> {
    const answers = (): number => this.lines.filter((line) => line === "beaten").length;
    const before = answers();
    this.order({ type: "beats", count: 0, seconds: 0 });
    await until(
      () => answers() > before,
      () => "the orders to be carried out",
    );
  }

  /** The process id of its watchdog, when it has one other than this. */
  async watchdog(otherThan = 0): Promise<number> {
    let found: number | undefined;
    await until(
      () => (found = this.#findWatchdog()) !== undefined && found !== otherThan,
      () => "a watchdog",
    );
    return found ?? 0;
  }

  #findWatchdog(): number | undefined {
    const pid = childrenOf(this.pid).find((child) => isWatchdog(child));
    if (pid !== undefined) this.#watchdogs.add(pid);
    return pid;
  }

  /** Living processes that carry its mark. */
  marked(): number[] {
    return findProcesses({ name: ENGINE_MARK, value: this.id }, new Set()).map(({ pid }) => pid);
  }

  async #end(): Promise<void> {
    signal(-this.pid, "SIGKILL");
    const said = this.lines.map(Number).filter((pid) => pid > 1);
    const left = [...this.marked(), ...said, ...this.#watchdogs];
    for (const pid of living(left)) signal(pid, "SIGKILL");
    await haveEnded([this.pid, ...left]);
  }
}

function isWatchdog(pid: number): boolean {
  try {
    // While it starts it is not bash yet, and then one that signals end.
    const [, ignored = "0"] = /^SigIgn:\s+([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    const isDeaf = (BigInt(`0x${ignored}`) & TERM) !== 0n;
    return isDeaf && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0disbatch-watchdog\0");
  } catch {
    return false;
  }
}

/** Resolves when all of these have ended. */
export async function haveEnded(pids: readonly number[]): Promise<void> {
  await until(
    () => living(pids).length === 0,
    () => `the end of ${living(pids).join(" ")}`,
  );
}

/** Resolves when this watchdog has looked about once more, from the beginning. */
export async function looked(watchdog: number): Promise<void> {
  const before = waits(watchdog);
  await until(
    () => waits(watchdog) >= before + 2,
    () => "the watchdog's next look",
  );
}

/** How many times a process has begun to wait for something. */
function waits(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^voluntary_ctxt_switches:\s+(\d+)$/m.exec(status)?.[1]);
}

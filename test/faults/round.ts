import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import type { DisbatchRun, Exit } from "../support/run-disbatch.ts";
import { isAlive } from "../support/process-table.ts";
import { allGone, signalIfThere, watchdogOf } from "../support/run-processes.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";
import { readJournal } from "./journal.ts";
import { judge } from "./judge.ts";
import { judgeOutput } from "./judge-output.ts";
import type { Fault, Plan, Victim } from "./plan.ts";
import { cameTooLate } from "./came-too-late.ts";

/** A run that has not ended by then will not, in milliseconds. */
const PATIENCE = 45_000;

/** Where a round takes place. */
export interface Stage {
  readonly workspace: Workspace;
  /** The host that runs the tasks, as `-s` takes it. */
  readonly host: string;
  /** Starts disbatch in the workspace. */
  readonly start: (args: readonly string[]) => DisbatchRun;
  /** Ends the SSH connections to the host. */
  readonly dropConnections?: () => void;
}

/** Carries out a plan with real processes. */
export class Round {
  readonly #plan: Plan;
  readonly #stage: Stage;
  readonly #workspace: Workspace;
  /** The first driver, and those that have taken the run up. */
  readonly #drivers: DisbatchRun[] = [];
  #exit: Exit | undefined;

  constructor(plan: Plan, stage: Stage) {
    this.#plan = plan;
    this.#stage = stage;
    this.#workspace = stage.workspace;
  }

  /** @returns what must not have been, in words for people; nothing when all is well. */
  async run(): Promise<string[]> {
    this.#prepare();
    this.#start(this.#arguments());
    for (const fault of this.#plan.faults) {
      await pass(fault.after);
      if (this.#exit === undefined) await this.#strike(fault);
    }
    await until(
      () => this.#exit !== undefined,
      () => "the run has ended",
      PATIENCE,
    );
    const { code, signal } = this.#exit ?? {};
    const exit = code === 0 ? [] : [`the run has ended with exit code ${code}, signal ${signal}`];
    // Children that finished tasks have left may still be there, and an engine that has not heard of the end.
    const alive = await allGone(this.#workspace).then(
      () => [],
      (error: unknown) => [String(error)],
    );
    return [
      ...(this.#cameTooLate ? [] : exit),
      ...alive,
      ...judge(this.#plan, this.#workspace),
      ...(await judgeOutput(this.#plan, this.#workspace)),
    ];
  }

  /** What the drivers wrote. */
  get written(): string {
    return this.#drivers.map((driver, i) => `driver ${i}:\n${driver.stderr()}`).join("");
  }

  /** The driver was killed when the run had ended already, as the next one says. */
  get #cameTooLate(): boolean {
    return this.#exit !== undefined && cameTooLate(this.#exit, this.#drivers.at(-1));
  }

  #prepare(): void {
    const { items, perEngine } = this.#plan;
    mkdirSync(this.#workspace.path("notes"));
    copyFileSync(path.join(import.meta.dirname, "task.sh"), this.#workspace.path("task.sh"));
    const barrier = items.findIndex(({ type }) => type === "barrier");
    const lines = items.map((item, id) => {
      if (item.type === "barrier") return "#DISBATCH BARRIER";
      const before = barrier >= 0 && id > barrier ? barrier : 0;
      return `run ${item.seconds.toFixed(3)} ${item.habit} ${before} ${perEngine ? "yes" : "no"}`;
    });
    const prepare = perEngine ? ["#DISBATCH PERENGINE START . ./task.sh; prepare"] : [];
    this.#workspace.writeTasks(...prepare, "#DISBATCH PREFIX . ./task.sh; ", ...lines);
  }

  #arguments(): string[] {
    const { slots, lease } = this.#plan;
    return ["-s", `${this.#stage.host}:${slots}`, "-p", "run", "--lease", `${lease}`, "--output", "all", "Tasks"];
  }

  #start(args: readonly string[]): DisbatchRun {
    const driver = this.#stage.start(args);
    this.#drivers.push(driver);
    void this.#await(driver);
    return driver;
  }

  /** A driver that was killed is followed by another. */
  async #await(driver: DisbatchRun): Promise<void> {
    const exit = await driver.exited;
    if (exit.signal !== "SIGKILL") this.#exit = exit;
  }

  async #strike(fault: Fault): Promise<void> {
    const { type, victims } = fault;
    const processes = victims.filter((victim) => victim !== "connection");
    // Before its engine has joined, a connection that breaks is a host that cannot be used.
    const awaited = victims.map((victim) => (victim === "connection" ? "engine" : victim));
    await until(
      () => this.#exit !== undefined || awaited.every((victim) => this.#find(victim) !== undefined),
      () => `there are: ${awaited.join(", ")}`,
    );
    const found = processes.map((victim) => this.#find(victim)).filter((pid) => pid !== undefined);
    if (type === "freeze") {
      for (const pid of found) signalIfThere(pid, "SIGSTOP");
      await pass(fault.duration);
      for (const pid of found) signalIfThere(pid, "SIGCONT");
    } else {
      for (const pid of found) signalIfThere(pid, "SIGKILL");
      if (victims.includes("connection")) this.#stage.dropConnections?.();
      if (victims.includes("driver")) await this.#recover();
    }
  }

  /** Process id; that of a group is negative. Undefined when there is none just now. */
  #find(victim: Victim): number | undefined {
    if (victim === "driver") return this.#exit === undefined ? this.#drivers.at(-1)?.pid : undefined;
    // One that dies before it has joined the run is taken for one that cannot be started.
    const engine = readJournal(this.#workspace).findLast(({ e }) => e === "engine-joined");
    if (engine?.pid === undefined || engine.uid === undefined || !isAlive(engine.pid)) return undefined;
    if (victim === "watchdog") return watchdogOf(engine.uid);
    return victim === "engine" ? engine.pid : -engine.pid;
  }

  /** As a user would, who has been told how. */
  async #recover(): Promise<void> {
    await this.#drivers.at(-1)?.exited;
    for (const after of this.#plan.recoveries) {
      if (this.#exit !== undefined) return;
      const driver = this.#start(this.#takeUp());
      await pass(after);
      if (this.#exit === undefined) signalIfThere(driver.pid, "SIGKILL");
      await driver.exited;
    }
    if (this.#exit === undefined) this.#start(this.#takeUp());
  }

  /** The arguments that go on with the run; a driver that was killed before anything was begun has left nothing to recover. */
  #takeUp(): string[] {
    const isThere = (name: string): boolean => existsSync(this.#workspace.path(name));
    // One that was killed with its last breath has left its lock and nothing to do.
    if (isThere("run_recovery.json") || readJournal(this.#workspace).at(-1)?.e === "run-ended")
      return ["--recover", "run"];
    return isThere("run_status.txt") ? ["-r", "run_status.txt", ...this.#arguments()] : this.#arguments();
  }
}

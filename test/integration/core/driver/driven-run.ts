import { expect, onTestFinished } from "vitest";
import type { RunEvent, RunRecord } from "../../../../src/domain/events.ts";
import type { TaskSource } from "../../../../src/domain/source.ts";
import type { PerEngineCommand, StreamItem, Task } from "../../../../src/domain/task.ts";
import type { Invitation } from "../../../../src/domain/launcher.ts";
import { LEASE } from "../../../../src/domain/lease.ts";
import { Driver } from "../../../../src/core/driver/driver.ts";
import type { DriverOptions, DriverOutcome } from "../../../../src/core/driver/options.ts";
import { Reception, type ReceptionOptions } from "../../../../src/core/pool/reception.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { snapshotOf } from "../../../../src/records/state/snapshot.ts";
import type { Contact } from "../../../../src/wire/contact.ts";
import { createRunCredentials } from "../../../../src/wire/credentials.ts";
import { until } from "../../../support/until.ts";
import { plainTask, PretendedEngine } from "./pretended-engine.ts";
import { PretendedLauncher } from "./pretended-launcher.ts";
import { engineTerms } from "../../../support/engine-terms.ts";
import type { Snapshot } from "../../../../src/domain/snapshot.ts";
import { NO_RESULTS } from "../../../support/no-results.ts";
import { watchableRun } from "../../../support/watchable-run.ts";

const ownCredentials = createRunCredentials();

export const task: (id: number) => Task = plainTask;

export function barrier(id: number, check = false): StreamItem {
  return { kind: "barrier", id, line: id + 1, check, text: "#DISBATCH BARRIER" };
}

export function perEngine(when: PerEngineCommand["when"], id = 0): PerEngineCommand {
  return { kind: "per-engine", when, id, line: 1, command: when };
}

/** A list as a source; an error in its place is thrown when it is come to. */
function listSource(items: readonly (StreamItem | Error)[]): TaskSource {
  let at = 0;
  return {
    name: "Tasks",
    next: (limit) => {
      const first = items[at];
      if (first instanceof Error) return Promise.reject(first);
      const some: StreamItem[] = [];
      for (let item = items[at]; item !== undefined && some.length < limit; item = items[++at]) {
        if (item instanceof Error) break;
        some.push(item);
      }
      return Promise.resolve(some);
    },
    close: () => Promise.resolve(),
  };
}

/** Takes note of everything, in order, and that it was asked to record it. */
export class NotingRecord implements RunRecord {
  readonly events: RunEvent[] = [];
  /** Types of events, with the task's id where there is one, and `commit`. */
  readonly notes: string[] = [];
  /** Called at each commit; may throw. */
  onCommit: () => void = () => undefined;

  handle(event: RunEvent): void {
    this.events.push(event);
    this.notes.push("task" in event ? `${event.type} ${event.task.id}` : event.type);
  }

  commit(): void {
    this.notes.push("commit");
    this.onCommit();
  }

  async close(): Promise<void> {
    this.notes.push("close");
  }

  ofType<T extends RunEvent["type"]>(type: T): Extract<RunEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
  }

  /** Ids of tasks in the order of their recorded outcomes. */
  get finished(): number[] {
    return this.ofType("task-finished").map((event) => event.task.id);
  }
}

export interface DrivenRun {
  readonly driver: Driver;
  readonly outcome: Promise<DriverOutcome>;
  readonly reporter: NotingRecord;
  readonly launcher: PretendedLauncher;
  /** Those that the run begins with, then those that may be started in their place. */
  readonly engines: readonly PretendedEngine[];
  /** Where engines of an earlier driver call. */
  readonly invite: () => Promise<Invitation>;
}

export interface DrivenRunOptions extends Partial<Omit<DriverOptions, "openSwitchboard">> {
  /** Engines that the run begins with; one if missing. */
  readonly engineCount?: number;
  /** Engines that can be started in place of others. */
  readonly spareCount?: number;
  readonly taskLimit?: number;
  readonly credentials?: ReceptionOptions["credentials"];
  /** Told where controllers find the run. */
  readonly onContact?: (contact: Contact) => void;
}

/** Starts a run of these items with pretended engines. */
export function startRun(items: readonly (StreamItem | Error)[], options: DrivenRunOptions = {}): DrivenRun {
  const { engineCount = 1, spareCount = 0, taskLimit, credentials = ownCredentials, onContact, ...given } = options;
  const engines = Array.from({ length: engineCount + spareCount }, (_, i) => new PretendedEngine(`engine-${i}`));
  const launcher = new PretendedLauncher(engines, Math.max(1, engineCount), taskLimit);
  const reporter = new NotingRecord();
  const counts = new RunState();
  const snapshot = (): Snapshot => snapshotOf(counts, { jobId: "run", taskFile: "Tasks", host: "alpha", pid: 1 }, 1000);
  let invite: DrivenRun["invite"] = () => Promise.reject(new Error("nobody can call yet"));
  const driver = new Driver({
    ...{ source: listSource(items), launchers: [launcher], records: [reporter], state: counts, observers: [] },
    ...{ host: "alpha", pid: 1, environment: {}, waitForEngines: false },
    ...{ jobId: "run", taskFileName: "Tasks", grace: 10, now: () => 1000 },
    ...{ lease: LEASE, crashLimit: 3, engineRestarts: 3 },
    contextDefaults: { terms: engineTerms({ lease: LEASE }) },
    snapshot,
    watch: watchableRun(snapshot),
    results: NO_RESULTS,
    openSwitchboard: (accept, onWarning) => {
      const found = onContact === undefined ? {} : { onContact };
      const place = { host: "alpha", addresses: [], open: false };
      const reception = new Reception({ credentials, ...place, onWarning, ...found }, accept);
      invite = () => reception.invite("here");
      return reception;
    },
    ...given,
  });
  const outcome = driver.run();
  onTestFinished(async () => {
    driver.terminate("terminated", 0);
    for (const engine of engines) engine.end("the test is over");
    await outcome;
  });
  return { driver, outcome, reporter, launcher, engines, invite };
}

/** Waits until so many events of a type have been told. */
export function told({ reporter }: DrivenRun, type: RunEvent["type"], count: number = 1): Promise<void> {
  return until(
    () => reporter.ofType(type).length >= count,
    () => `${count} of ${type}: ${reporter.events.map((event) => event.type).join(" ")}`,
  );
}

/** The engine of this number. */
export function engineOf(run: DrivenRun, number = 0): PretendedEngine {
  const engine = run.engines[number];
  if (engine === undefined) throw new Error(`no engine ${number}`);
  return engine;
}

/** Engines that were lost, and why. */
export function losses({ reporter }: DrivenRun): (readonly [engine: number, reason: string])[] {
  return reporter.ofType("engine-lost").map(({ engine, reason }) => [engine, reason]);
}

/** Has an engine do task 0, which is all that there is, in this attempt, and the run end well. */
export async function finishWith(engine: PretendedEngine, run: DrivenRun, attempt: number): Promise<void> {
  expect(await engine.next("assign")).toEqual({ type: "assign", assignments: [{ task: task(0), attempt }] });
  engine.finish([0], { attempt });
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.finished).toEqual([0]);
}

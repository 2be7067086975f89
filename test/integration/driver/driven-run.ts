import { onTestFinished } from "vitest";
import type { Reporter, RunEvent } from "../../../src/domain/events.ts";
import type { TaskSource } from "../../../src/domain/source.ts";
import type { PerEngineCommand, StreamItem, Task } from "../../../src/domain/task.ts";
import { Driver, type DriverOptions, type RunOutcome } from "../../../src/driver/driver.ts";
import { RunCounts } from "../../../src/reporters/counts.ts";
import { snapshotOf } from "../../../src/reporters/snapshot.ts";
import { createRunCredentials } from "../../../src/wire/credentials.ts";
import { PretendedEngine, PretendedLauncher } from "./pretended-engine.ts";

const credentials = createRunCredentials();

/** A task of a plain file: its line is one more than its id. */
export function task(id: number): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command: `task ${id}` };
}

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
export class NotingReporter implements Reporter {
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
  readonly outcome: Promise<RunOutcome>;
  readonly reporter: NotingReporter;
  readonly launcher: PretendedLauncher;
  readonly engines: readonly PretendedEngine[];
}

/** Starts a run of these items with so many pretended engines. */
export function startRun(
  items: readonly (StreamItem | Error)[],
  options: Partial<DriverOptions> & { readonly engineCount?: number; readonly taskLimit?: number } = {},
): DrivenRun {
  const engines = Array.from({ length: options.engineCount ?? 1 }, (_, i) => new PretendedEngine(`engine-${i}`));
  const launcher = new PretendedLauncher(engines, options.taskLimit);
  const reporter = new NotingReporter();
  const counts = new RunCounts();
  const driver = new Driver({
    ...{ source: listSource(items), launchers: [launcher], reporters: [counts, reporter], credentials },
    ...{ host: "alpha", addresses: [], open: false, environment: {}, waitForEngines: false },
    ...{ jobId: "run", taskFileName: "Tasks", failFast: false, grace: 10, now: () => 1000 },
    contextDefaults: { cwd: "/", prefix: "/run", logLevel: "INFO", resources: [] },
    snapshot: () => snapshotOf(counts, { jobId: "run", taskFile: "Tasks", host: "alpha", pid: 1 }, 1000),
    ...options,
  });
  const outcome = driver.run();
  onTestFinished(async () => {
    driver.terminate("terminated", 0);
    for (const engine of engines) engine.end("the test is over");
    await outcome;
  });
  return { driver, outcome, reporter, launcher, engines };
}

/** The engine of this number. */
export function engineOf(run: DrivenRun, number = 0): PretendedEngine {
  const engine = run.engines[number];
  if (engine === undefined) throw new Error(`no engine ${number}`);
  return engine;
}

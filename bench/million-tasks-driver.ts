/**
 * A driver as the command line puts it together, with status file, journal, log and counts, but with simulated engines.
 *
 *     million-tasks-driver.ts TASKFILE PREFIX ENGINES SLOTS
 *
 * Writes what it measured to PREFIX_rates.json, as `Rates`.
 */

import { openSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename } from "node:path";

import type { RunEvent, RunObserver, RunRecord } from "../src/domain/events.ts";
import { LIMITS } from "../src/domain/limits.ts";
import { LEASE } from "../src/domain/lease.ts";
import { Driver } from "../src/core/driver/driver.ts";
import { Reception } from "../src/core/pool/reception.ts";
import { Ledger } from "../src/records/ledger/ledger.ts";
import { systemClock } from "../src/faces/terminal/clock.ts";
import { RunState } from "../src/records/state/run-state.ts";
import { Journal } from "../src/records/journal/journal.ts";
import { LogFile } from "../src/faces/log/log-file.ts";
import { Log, RunLog } from "../src/faces/log/log.ts";
import { snapshotOf } from "../src/records/state/snapshot.ts";
import { StatusFile } from "../src/records/statusfile/status-file.ts";
import { openTaskFile } from "../src/tasks/sources/task-file.ts";
import { createRunCredentials } from "../src/wire/credentials.ts";
import { SimulatedLauncher } from "./simulated-launcher.ts";
import { NO_RESULTS } from "../test/support/no-results.ts";
import { watchableRun } from "../test/support/watchable-run.ts";

const IDENTITY = { jobId: "", taskFile: "", host: hostname(), pid: process.pid };

/** Tasks at the beginning and at the end whose rates are compared. */
const STRETCH = 10_000;

/** Tasks per second. */
export interface Rates {
  /** Of the whole run: certificates, start of the engines and their farewell included. */
  readonly all: number;
  /** Of the first and the last 10,000 tasks, from result to result. */
  readonly first: number;
  readonly last: number;
}

/** Notes when the tasks at the borders of the two stretches finished. */
class Stopwatch implements RunObserver {
  readonly name = "the stopwatch";
  readonly #times = new Map<number, number>();
  readonly #total: number;
  #finished = 0;

  constructor(total: number) {
    this.#total = total;
  }

  observe({ type }: RunEvent): void {
    if (type !== "task-finished") return;
    const n = ++this.#finished;
    if (n === 1 || n === STRETCH || n === this.#total - STRETCH + 1 || n === this.#total)
      this.#times.set(n, performance.now());
  }

  /** Tasks per second from this task to the one that ends the stretch. */
  rateFrom(n: number): number {
    const seconds = ((this.#times.get(n + STRETCH - 1) ?? 0) - (this.#times.get(n) ?? 0)) / 1000;
    return (STRETCH - 1) / seconds;
  }
}

const [tasks = "", prefix = "", engines = "", slots = ""] = process.argv.slice(2);
const { source } = await openTaskFile(tasks, { lenient: false });
const total = source.total ?? 0;
const counts = new RunState();
const stopwatch = new Stopwatch(total);
const driverProcess = { node: hostname(), pid: process.pid };
const logFile = new LogFile(openSync(`${prefix}_driver.log`, "a"), (error) => console.error(error));
const records: readonly RunRecord[] = [
  new StatusFile(Ledger.create(`${prefix}_status.txt`), driverProcess, {
    header: false,
    onOutcome: (id, offset) => counts.table.placeLine(id, offset),
  }),
  new Journal(Ledger.create(`${prefix}_journal.jsonl`), () => systemClock.now()),
];
const observers: readonly RunObserver[] = [
  new RunLog(new Log(logFile, { logLevel: "INFO", logFormat: "text" })),
  stopwatch,
];
const driver = new Driver({
  source,
  launchers: [new SimulatedLauncher(Number(engines), Number(slots))],
  records,
  state: counts,
  observers,
  openSwitchboard: (accept) =>
    new Reception({ credentials: createRunCredentials(), host: hostname(), addresses: [], open: false }, accept),
  ...{ host: hostname(), pid: process.pid, environment: {}, waitForEngines: false },
  ...{ lease: LEASE, crashLimit: 3, engineRestarts: 0 },
  contextDefaults: {
    terms: {
      cwd: "/",
      prefix,
      logLevel: "INFO",
      logFormat: "text",
      resources: [],
      output: { keep: "none", limit: 65_536 },
      threadEnv: true,
      offer: { named: {} },
      lease: LEASE,
      onDriverLost: "kill",
      limits: LIMITS,
    },
  },
  watch: watchableRun(() => snapshotOf(counts, IDENTITY, systemClock.now())),
  results: NO_RESULTS,
  snapshot: () => snapshotOf(counts, IDENTITY, systemClock.now()),
  jobId: basename(prefix),
  taskFileName: basename(tasks),
  grace: 10,
  now: () => systemClock.now(),
});
const from = performance.now();
const { reason, error } = await driver.run();
const seconds = (performance.now() - from) / 1000;
for (const record of records) await record.close();
for (const observer of observers) await observer.close?.();
if (reason !== "done") throw new Error(`the run ended: ${reason}`, { cause: error });
const rates: Rates = {
  all: total / seconds,
  first: stopwatch.rateFrom(1),
  last: stopwatch.rateFrom(total - STRETCH + 1),
};
writeFileSync(`${prefix}_rates.json`, JSON.stringify(rates));

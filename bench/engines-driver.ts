/**
 * A driver as the command line puts it together, for engines that the command line cannot ask for: several on this machine,
 * or behind a slow link.
 *
 *     engines-driver.ts TASKFILE PREFIX NODES DELAY
 *
 * NODES are a JSON list of NodeSlots; DELAY is what every message takes longer, in milliseconds. The engines are the
 * built executable. Writes what it measured to PREFIX_times.json, as `Times`.
 */

import { writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { basename, join } from "node:path";

import { reachableAddresses } from "../src/run/addresses.ts";
import { VERSION } from "../src/cli/version.ts";
import { makeStarters } from "../src/places/starters.ts";
import type { Engine, NodeSlots } from "../src/domain/engine.ts";
import type { EngineTerms } from "../src/domain/engine-terms.ts";
import type { RunEvent, RunObserver, RunRecord } from "../src/domain/events.ts";
import type { EngineProcess, Invite, Launcher } from "../src/domain/launcher.ts";
import { LIMITS } from "../src/domain/limits.ts";
import { LEASE } from "../src/domain/lease.ts";
import { Driver } from "../src/core/driver/driver.ts";
import { Reception } from "../src/core/pool/reception.ts";
import { ContextLauncher } from "../src/places/launchers/context-launcher.ts";
import { Ledger } from "../src/records/ledger/ledger.ts";
import { systemClock } from "../src/faces/terminal/clock.ts";
import { RunState } from "../src/records/state/run-state.ts";
import { Journal } from "../src/records/journal/journal.ts";
import { snapshotOf } from "../src/records/state/snapshot.ts";
import { StatusFile } from "../src/records/statusfile/status-file.ts";
import { openTaskFile } from "../src/tasks/sources/task-file.ts";
import { createRunCredentials } from "../src/wire/credentials.ts";
import { type DelayProxy, delayProxy } from "./delay-proxy.ts";
import { NO_RESULTS } from "../test/support/no-results.ts";
import { watchableRun } from "../test/support/watchable-run.ts";

const IDENTITY = { jobId: "", taskFile: "", host: hostname(), pid: process.pid };

const EXECUTABLE = join(import.meta.dirname, "..", "dist", "disbatch");

/** Seconds. */
export interface Times {
  /** From the start of the run to its end, farewells included. */
  readonly all: number;
  /** From the start of the run until the last engine joined, and how many did. */
  readonly joined: number;
  readonly engines: number;
  /** From the first result to the last. */
  readonly working: number;
  /** Spent in tasks, of all the slots' time from the first start to the last end: 0 to 1. */
  readonly busy: number;
}

/** Notes when engines join and tasks end. */
class Stopwatch implements RunObserver {
  readonly name = "the stopwatch";
  readonly #from = performance.now();
  #joined = 0;
  #engines = 0;
  #firstResult = 0;
  #lastResult = 0;
  #firstStart = Number.POSITIVE_INFINITY;
  #lastFinish = 0;
  #spent = 0;

  observe(event: RunEvent): void {
    if (event.type === "engine-joined") {
      this.#joined = this.#now();
      this.#engines++;
    }
    if (event.type === "engine-failed") console.error(`no engine on ${event.node}: ${event.reason}`);
    if (event.type !== "task-finished") return;
    const { start, finish } = event.result;
    this.#lastResult = this.#now();
    this.#firstResult ||= this.#lastResult;
    this.#firstStart = Math.min(this.#firstStart, start);
    this.#lastFinish = Math.max(this.#lastFinish, finish);
    this.#spent += finish - start;
  }

  times(slots: number): Times {
    return {
      all: this.#now(),
      joined: this.#joined,
      engines: this.#engines,
      working: this.#lastResult - this.#firstResult,
      busy: this.#spent / (slots * (this.#lastFinish - this.#firstStart)),
    };
  }

  #now(): number {
    return (performance.now() - this.#from) / 1000;
  }
}

/** Has the engines call a proxy instead of the driver itself. */
class DelayedLauncher implements Launcher {
  readonly context;
  readonly proxies: DelayProxy[] = [];
  readonly #inner: Launcher;
  readonly #delay: number;

  constructor(inner: Launcher, delay: number) {
    this.context = inner.context;
    this.#inner = inner;
    this.#delay = delay;
  }

  adopt(node: NodeSlots, engine: Pick<Engine, "id" | "pid">): EngineProcess {
    return this.#inner.adopt(node, engine);
  }

  start(node: NodeSlots, invite: Invite): EngineProcess | undefined {
    return this.#inner.start(node, async (from) => {
      const { addresses, ...rest } = await invite(from);
      const [target] = addresses;
      if (target === undefined) throw new Error("nothing to call");
      const proxy = await delayProxy(target, this.#delay);
      this.proxies.push(proxy);
      return { ...rest, addresses: [{ host: "127.0.0.1", port: proxy.port }] };
    });
  }
}

const [tasks = "", prefix = "", list = "[]", delay = "0"] = process.argv.slice(2);
const nodes: readonly NodeSlots[] = JSON.parse(list);
const { source } = await openTaskFile(tasks, { lenient: false });
const stopwatch = new Stopwatch();
const counts = new RunState();
const terms: EngineTerms = {
  resources: [],
  output: { keep: "none", limit: 65_536 },
  threadEnv: true,
  offer: { named: {} },
  cwd: process.cwd(),
  prefix,
  logLevel: "INFO",
  logFormat: "text",
  lease: LEASE,
  onDriverLost: "kill",
  limits: LIMITS,
};
const starters = makeStarters({
  version: VERSION,
  ...{ terms, command: [EXECUTABLE], ssh: { sshParallel: 32, sshTransport: "auto" } },
  ...{ callsFrom: "here", env: process.env, say: (message: string) => console.error(message) },
});
const launcher = new ContextLauncher({ label: "SSH0", nodes, taskLimit: 0 }, starters);
const delayed = Number(delay) > 0 ? new DelayedLauncher(launcher, Number(delay)) : undefined;
const records: readonly RunRecord[] = [
  new StatusFile(Ledger.create(`${prefix}_status.txt`), { node: hostname(), pid: process.pid }, { header: false }),
  new Journal(Ledger.create(`${prefix}_journal.jsonl`), () => systemClock.now()),
];
const observers: readonly RunObserver[] = [stopwatch];
const driver = new Driver({
  source,
  launchers: [delayed ?? launcher],
  records,
  state: counts,
  observers,
  openSwitchboard: (accept) =>
    new Reception(
      {
        credentials: createRunCredentials(),
        ...{ host: hostname(), addresses: reachableAddresses(networkInterfaces()), open: false },
      },
      accept,
    ),
  ...{ host: hostname(), pid: process.pid, environment: {}, lease: LEASE, crashLimit: 3, engineRestarts: 0 },
  contextDefaults: { terms },
  watch: watchableRun(() => snapshotOf(counts, IDENTITY, systemClock.now())),
  results: NO_RESULTS,
  snapshot: () => snapshotOf(counts, IDENTITY, systemClock.now()),
  ...{ waitForEngines: false, jobId: basename(prefix), taskFileName: basename(tasks), grace: 10 },
  now: () => systemClock.now(),
});
const { reason, error } = await driver.run();
for (const record of records) await record.close();
for (const observer of observers) await observer.close?.();
for (const proxy of delayed?.proxies ?? []) proxy.close();
if (reason !== "done") throw new Error(`the run ended: ${reason}`, { cause: error });
const slots = nodes.reduce((sum, node) => sum + node.slots, 0);
writeFileSync(`${prefix}_times.json`, JSON.stringify(stopwatch.times(slots)));

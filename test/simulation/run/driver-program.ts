import { generateKeyPairSync } from "node:crypto";
import type { RunEvent, RunObserver } from "../../../src/domain/events.ts";
import type { Audience } from "../../../src/core/driver/chronicle.ts";
import { Driver } from "../../../src/core/driver/driver.ts";
import type { DriverOptions, DriverOutcome } from "../../../src/core/driver/options.ts";
import type { EarlierRun } from "../../../src/core/driver/earlier-run.ts";
import type { Switchboard } from "../../../src/core/pool/admission.ts";
import { IdSet } from "../../../src/domain/id-set.ts";
import type { JournaledRun } from "../../../src/records/recovery/journaled-run.ts";
import { recoverRun } from "../../../src/records/recovery/recover-run.ts";
import { runClock } from "../../../src/node/process/run-clock.ts";
import { leaveUndelivered } from "../../../src/records/recovery/undelivered.ts";
import { RunState } from "../../../src/records/state/run-state.ts";
import { Journal } from "../../../src/records/journal/journal.ts";
import { snapshotOf } from "../../../src/records/state/snapshot.ts";
import { StatusFile } from "../../../src/records/statusfile/status-file.ts";
import { tasksAgain } from "../../../src/run/tasks-again.ts";
import { recoveredSource } from "../../../src/tasks/sources/recovered.ts";
import type { TaskResult } from "../../../src/domain/result.ts";
import type { TaskSource } from "../../../src/domain/source.ts";
import { DependentSource } from "../../support/dependent-source.ts";
import type { SimulatedHost } from "../world/host.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedProcess } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { KeptOutput } from "./kept-output.ts";
import { listSource } from "./list-source.ts";
import { SimulatedWorkflow } from "./simulated-workflow.ts";
import type { Scenario } from "./scenario.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import { StartsJudge } from "./starts-judge.ts";
import { type EnginePark, SimulatedLauncher } from "./simulated-launcher.ts";
import { engineTerms } from "../../support/engine-terms.ts";
import type { Snapshot } from "../../../src/domain/snapshot.ts";
import { NO_RESULTS } from "../../support/no-results.ts";
import { watchableRun } from "../../support/watchable-run.ts";

/** Where all drivers of a run can be called, on the first host. */
export const PORT = 4444;

/** Files of a run, in a folder of its own. */
export interface RunFiles {
  readonly prefix: string;
  readonly status: string;
  readonly journal: string;
}

export function filesIn(folder: string): RunFiles {
  const prefix = `${folder}/run`;
  return { prefix, status: `${prefix}_status.txt`, journal: `${prefix}_journal.jsonl` };
}

/** What engines of all runs sign with, and what that is checked by; of a certificate nothing else is looked at. */
const ENGINE_KEYS = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** Leaves results where `--recover` finds them. */
export function keepUndelivered({ prefix }: RunFiles, engineId: string, results: readonly TaskResult[]): void {
  leaveUndelivered(`${prefix}_`, engineId, { results, output: [] }, ENGINE_KEYS.privateKey);
}

/** What a driver that died has left. */
export interface Earlier {
  readonly run: JournaledRun;
  /** Its host has been down since. */
  readonly powerLost: boolean;
}

export interface DriverSurroundings {
  readonly world: World;
  readonly network: Network;
  readonly park: EnginePark;
  readonly scenario: Scenario;
  readonly files: RunFiles;
  /** How much of a lease it waits for. */
  readonly patience: number;
  /** What generators have printed is known to the drivers that come after. */
  readonly remembers: boolean;
}

/** The driver's program, run on the first host; and run again, with what is left of it, when it has died. */
export class DriverProgram {
  readonly #surroundings: DriverSurroundings;
  readonly #host: SimulatedHost;
  #process: SimulatedProcess | undefined;
  #driver: Driver | undefined;
  #disk: SimulatedDisk | undefined;
  /** How the run ended, once it has. */
  outcome: Pick<DriverOutcome, "reason"> | undefined;
  #generation = 0;
  readonly output: KeptOutput;
  /** What the tasks are, where they are those of a document. */
  readonly workflow: SimulatedWorkflow | undefined;
  /** By task id: outcomes that stand in what earlier drivers have left. */
  readonly #outcomes = new Map<number, TaskResult>();

  constructor(surroundings: DriverSurroundings) {
    const [host] = surroundings.world.hosts;
    if (host === undefined) throw new Error("a driver needs a host");
    this.#surroundings = surroundings;
    this.#host = host;
    this.output = new KeptOutput(surroundings.world);
    const { scenario } = surroundings;
    this.workflow = scenario.workflow === undefined ? undefined : new SimulatedWorkflow(scenario.workflow, scenario);
  }

  get host(): SimulatedHost {
    return this.#host;
  }

  get process(): SimulatedProcess | undefined {
    return this.#process;
  }

  get isAlive(): boolean {
    return this.#process?.isAlive === true;
  }

  /** Begins the run, or goes on with what an earlier driver has left. */
  start(earlier?: Earlier): void {
    const { world } = this.#surroundings;
    const process = world.addProcess(`driver ${this.#generation++}`, this.#host);
    this.#process = process;
    world.note(() => `${process.name} starts`);
    process.onEnd((how) => {
      this.#disk?.abandon(how === "vanished");
      this.#disk = undefined;
    });
    world.post(process, 0, () => {
      this.#run(process, earlier).catch((error: unknown) => world.noteThrown(error));
    });
  }

  /** Mends and reads what is left; in real time, since nothing else happens to the files meanwhile. */
  async readLeft(): Promise<JournaledRun> {
    const { files, world } = this.#surroundings;
    const records = { ...files, statusFrom: 0, statusHeader: false, journalFrom: 0 };
    const driver = { node: this.#host.name, pid: this.#process?.pid ?? 0 };
    this.#outcomes.clear();
    return recoverRun(
      { ...records, driver, engineCertificate: ENGINE_KEYS.publicKey },
      {
        event: (event) => {
          if (event.type === "task-finished") this.#outcomes.set(event.task.id, event.result);
        },
        warning: ({ message }) => world.noteThrown(new Error(message)),
        dropped: (text) => world.note(() => text),
      },
    );
  }

  /** Does something to the driver as its own signal handlers would. */
  interrupt(what: (driver: Driver) => void): void {
    const { world } = this.#surroundings;
    const process = this.#process;
    if (process?.isAlive !== true) return;
    world.post(process, 0, () => {
      if (this.#driver !== undefined) what(this.#driver);
    });
  }

  async #run(process: SimulatedProcess, earlier: Earlier | undefined): Promise<void> {
    const { world, files } = this.#surroundings;
    const disk = new SimulatedDisk(world.random, (ms, action) => void world.post(process, ms, action));
    this.#disk = disk;
    const isNew = earlier === undefined;
    const { node, pid } = { node: this.#host.name, pid: process.pid };
    const status = new StatusFile(disk.open(files.status, isNew), { node, pid }, { header: false });
    const host = this.#host;
    const now = runClock({ notBefore: earlier?.run.started?.time, boot: () => (world.now - host.bootedAt) / 1000 });
    const journal = new Journal(disk.open(files.journal, isNew), now);
    const counts = earlier !== undefined && hasBegun(earlier.run) ? earlier.run.state : new RunState();
    const watcher: RunObserver = {
      name: "the watcher",
      observe: (event) => world.note(() => `${process.name}: ${describe(event)}`),
    };
    const starts = new StartsJudge((what) => world.noteThrown(new Error(what)));
    for (const { engine, held } of earlier?.run.engines ?? []) {
      for (const { task, attempt } of held) starts.assigned(task.id, engine.rank, attempt);
    }
    const audience = { records: [status, journal], state: counts, observers: [watcher, starts] };
    const identity = { jobId: "run", taskFile: "Tasks", host: node, pid };
    const snapshot = (): Snapshot => snapshotOf(counts, identity, now());
    const driver = new Driver({
      ...this.#options(audience, earlier),
      now,
      output: this.output.keeperFor(process),
      ...{ host: node, pid, snapshot, watch: watchableRun(snapshot), results: NO_RESULTS },
    });
    this.#driver = driver;
    const outcome = await driver.run();
    await status.close();
    disk.closed(status.path);
    await journal.close();
    disk.closed(journal.path);
    this.outcome = outcome;
    world.note(() => `${process.name} is done: ${outcome.reason}`);
    if (outcome.error !== undefined) world.noteThrown(outcome.error);
    process.end("exited");
  }

  #options(
    audience: Audience,
    earlier: Earlier | undefined,
  ): Omit<DriverOptions, "host" | "pid" | "snapshot" | "watch" | "results" | "now"> {
    const { scenario, park, files, patience } = this.#surroundings;
    const { contexts, items, after, lease, onDriverLost, crashLimit, engineRestarts, halt, waitForEngines, grace } =
      scenario;
    const { runResources } = scenario;
    const claimed = new IdSet();
    const list = after.size === 0 ? listSource(items) : new DependentSource(items, after);
    const plain = this.workflow?.source(this.#surroundings.remembers) ?? list;
    const source = earlier === undefined ? plain : this.#recovered(plain, earlier.run, claimed);
    return {
      lease: lease * patience,
      ...audience,
      ...{ crashLimit, engineRestarts, halt, waitForEngines, grace, runResources },
      maxFailuresPerEngine: scenario.maxFailuresPerEngine,
      source,
      launchers: contexts.map((context) => new SimulatedLauncher(context, park, scenario)),
      contextDefaults: {
        terms: engineTerms({ prefix: files.prefix, lease, onDriverLost }),
      },
      environment: {},
      ...{ jobId: "run", taskFileName: "Tasks" },
      openSwitchboard: (accept) => this.#openSwitchboard(accept),
      ...(earlier !== undefined && hasBegun(earlier.run)
        ? { earlier: tasksAgain(earlierRun(earlier.run, claimed), source) }
        : {}),
      ...(earlier?.powerLost === true ? { hold: "this machine was down" } : {}),
    };
  }

  #recovered(source: TaskSource, run: JournaledRun, claimed: IdSet): TaskSource {
    const outcomes = new Map(this.#outcomes);
    const outcomeOf = (id: number): TaskResult => {
      const outcome = outcomes.get(id);
      if (outcome === undefined) throw new Error(`task ${id} is settled, and nobody knows how`);
      return outcome;
    };
    return recoveredSource(source, { ...withClaims(run, claimed), outcomeOf });
  }

  #openSwitchboard(accept: Parameters<DriverOptions["openSwitchboard"]>[0]): Switchboard {
    const { network } = this.#surroundings;
    const credentials = { authority: "", certificate: "", key: "" };
    let close: () => void = () => undefined;
    return {
      listen: () => {
        close = network.listen(PORT, (socket, role) => accept(socket, role === "engine" ? "engine" : "controller"));
        return Promise.resolve();
      },
      invite: () => Promise.resolve({ addresses: [{ host: this.#host.name, port: PORT }], credentials }),
      close: () => close(),
    };
  }
}

/** Of a run whose journal was lost hardly anything is known; it begins anew, but for what the status file says. */
export function hasBegun({ started, contexts }: JournaledRun): boolean {
  return started !== undefined && contexts.length > 0;
}

function withClaims(run: JournaledRun, claimed: IdSet) {
  return {
    settled: (id: number) => run.settled(id),
    claimed: (id: number) => run.claimed(id) || claimed.has(id),
    lastBarrier: run.lastBarrier,
    largestId: run.largestId,
  };
}

/** As the command line has it. */
function earlierRun(journaled: JournaledRun, claimed: IdSet): EarlierRun {
  const { checkFailed, runEnd: earlierEnd, ...run } = journaled;
  const runEnd = checkFailed ? "check-failed" : earlierEnd;
  const { succeeded, failed, perEngineFailed } = journaled.state;
  return {
    ...run,
    ...{ succeeded, failed: failed + perEngineFailed },
    runEnd: runEnd === "check-failed" || runEnd === "failed-fast" ? runEnd : undefined,
    settled: (id) => run.settled(id),
    claim: (id) => {
      const isNew = !claimed.has(id);
      claimed.add(id);
      return isNew;
    },
  };
}

/** An event in a few words. */
function describe(event: RunEvent): string {
  const { type, time: _, ...rest } = event;
  return `${type} ${JSON.stringify(rest).slice(0, 160)}`;
}

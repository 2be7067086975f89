import { mkdirSync, rmSync } from "node:fs";
import { LEASE_MARGIN } from "../../../src/domain/lease.ts";
import { Mishaps } from "../world/mishaps.ts";
import { Network } from "../world/network.ts";
import { Random } from "../world/random.ts";
import { enterWorld } from "../world/virtual-globals.ts";
import { World } from "../world/world.ts";
import { Circumstances } from "./circumstances.ts";
import { DriverProgram, filesIn, hasBegun, keepUndelivered } from "./driver-program.ts";
import { Executions } from "./executions.ts";
import { Fate } from "./fate.ts";
import { Faults } from "./faults.ts";
import { Judge } from "./judge.ts";
import { makeScenario } from "./scenario.ts";
import { EnginePark } from "./simulated-launcher.ts";

/** A run that is not over by then never ends; milliseconds of the world. */
const PATIENCE_MS = 3_600_000;
/** What is left after the end has gone by then, beyond the lease; engines that cannot call wait so long for an answer. */
const AFTERMATH_MS = 30_000;
/** A process that has ended has hung up by then. */
const FAREWELL_MS = 1_000;

export interface SimulationOptions {
  readonly seed: number;
  /** A folder that is the simulation's own; made, and removed again. */
  readonly folder: string;
  /** Told everything that happens. */
  readonly trace?: ((line: string) => void) | undefined;
  /** How much of a lease the driver waits for. With less than all of it things have to go wrong. */
  readonly patience?: number;
  /** Watchdogs do their duty; without them things have to go wrong. */
  readonly watchdogs?: boolean;
  /** Drivers know what generators of a document have printed to those before them; otherwise things have to go wrong. */
  readonly remembers?: boolean;
}

export interface Simulated {
  /** What must not be; empty when all is well. */
  readonly complaints: readonly string[];
  /** How the run ended. */
  readonly reason: string | undefined;
  /** What went wrong with hosts, links and processes. */
  readonly faults: number;
  /** Starts of tasks. */
  readonly starts: number;
  /** Virtual, in seconds. */
  readonly seconds: number;
}

/** One run with everything that this seed has in store for it. */
export async function simulate({
  seed,
  folder,
  trace,
  patience = 1,
  watchdogs = true,
  remembers = true,
}: SimulationOptions): Promise<Simulated> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const random = new Random(seed);
  const scenario = makeScenario(random.fork());
  const world = new World({ random: random.fork(), trace });
  const leaveWorld = enterWorld(world);
  const stray = (error: unknown): void => world.noteThrown(error);
  process.on("uncaughtException", stray);
  process.on("unhandledRejection", stray);
  try {
    for (const { name, latency } of scenario.hosts) world.addHost(name, latency);
    const files = filesIn(folder);
    const network = new Network(world);
    const executions = new Executions(world);
    const surroundings = {
      ...{ world, network, executions, watchdogs },
      keepUndelivered: ({ id }: { readonly id: string }, results: Parameters<typeof keepUndelivered>[2]) =>
        keepUndelivered(files, id, results),
    };
    const park = new EnginePark(surroundings);
    const driver = new DriverProgram({ world, network, park, scenario, files, patience, remembers });
    const mishaps = new Mishaps(world, network);
    const circumstances = new Circumstances();
    const fate = new Fate({
      world,
      network,
      mishaps,
      park,
      driver,
      scenario,
      files,
      patience,
      remembers,
      circumstances,
    });
    const faults = new Faults(fate);
    const judge = new Judge({
      world,
      executions,
      scenario,
      circumstances,
      files,
      output: driver.output,
      workflow: driver.workflow,
    });
    executions.onKill = (execution) => faults.processes.killOwnEngine(execution);
    mishaps.onThaw = ({ name }) => judge.noteThaw(name);
    world.note(
      () => `seed ${seed}: lease ${scenario.lease} s, ${scenario.onDriverLost}, ${scenario.items.length} items`,
    );
    faults.plan();
    driver.start();
    await runToEnd(world, driver, fate);
    const isOver = (): boolean => isEmpty(world) && network.open === 0;
    const aftermath = world.now + (scenario.lease + LEASE_MARGIN) * 1000 + AFTERMATH_MS;
    if (driver.outcome !== undefined && !(await world.run(isOver, aftermath))) {
      faults.users.giveUp();
      await world.run(isOver, aftermath + FAREWELL_MS);
    }
    judge.judgeRecords(driver.outcome?.reason);
    if (!isOver()) judge.complain(`still there: ${namesOf(world).join(", ")}, ${network.open} connections`);
    for (const error of world.thrown) judge.complain(error instanceof Error ? String(error.stack) : String(error));
    return {
      complaints: judge.complaints,
      reason: driver.outcome?.reason,
      faults: circumstances.count,
      starts: executions.all.length,
      seconds: world.now / 1000,
    };
  } finally {
    process.off("uncaughtException", stray);
    process.off("unhandledRejection", stray);
    leaveWorld();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Until the run has ended and nothing more goes wrong; starts the driver again when it has died and its time has come. */
async function runToEnd(world: World, driver: DriverProgram, fate: Fate): Promise<void> {
  for (;;) {
    const canRecover = (): boolean =>
      fate.recovery !== undefined && world.now >= fate.recovery.due && driver.host.isUp && !driver.host.isFrozen;
    const isDone = (): boolean => canRecover() || (driver.outcome !== undefined && fate.isFulfilled);
    if (!(await world.run(isDone, PATIENCE_MS))) return;
    if (!canRecover() || fate.recovery === undefined) return;
    const { powerLost } = fate.recovery;
    const run = await driver.readLeft();
    fate.endAbsence(hasBegun(run));
    if (run.ended !== undefined) driver.outcome = { reason: run.ended };
    else driver.start({ run, powerLost });
  }
}

function isEmpty(world: World): boolean {
  return namesOf(world).length === 0;
}

function namesOf(world: World): string[] {
  return world.hosts.flatMap(({ processes }) => Array.from(processes, ({ name }) => name));
}

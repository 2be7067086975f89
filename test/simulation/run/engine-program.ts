import type { Invitation } from "../../../src/domain/launcher.ts";
import type { EngineTerms } from "../../../src/domain/engine-terms.ts";
import type { TaskResult } from "../../../src/domain/result.ts";
import { Engine } from "../../../src/node/engine/engine.ts";
import type { SimulatedHost } from "../world/host.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedProcess } from "../world/process.ts";
import type { World } from "../world/world.ts";
import type { Executions } from "./executions.ts";
import { SimulatedWatchdog } from "./simulated-watchdog.ts";

/** Nobody in the simulation can open a file. */
const MANY_FILES = 1_000_000;
/** Simulated tasks have no processes, and those of this machine are not theirs. */
const NOWHERE = "/nowhere";

/** What an engine is told when it is started. */
export interface EngineOrder {
  readonly terms: EngineTerms;
  /** Its signals reach its tasks, too. */
  readonly sharedSignals: boolean;
  readonly id: string;
  readonly context: string;
  readonly host: SimulatedHost;
  readonly slots: number;
  readonly invitation: Invitation;
}

/** The engine's program, run on a simulated host. */
export interface RunningEngine {
  readonly id: string;
  readonly host: SimulatedHost;
  readonly process: SimulatedProcess;
  /** Milliseconds of the world. */
  readonly startedAt: number;
  /** Somebody on its host wants it to leave (SIGTERM). */
  drain(): void;
  /** What its watchdog is told from now on comes too late. */
  deafenWatchdog(): void;
}

/** What engines have of the world. */
export interface EngineSurroundings {
  readonly world: World;
  readonly network: Network;
  readonly executions: Executions;
  /** Watchdogs do their duty. */
  readonly watchdogs: boolean;
  /** Keeps outcomes that no driver has taken. */
  readonly keepUndelivered: (engine: EngineOrder, results: readonly TaskResult[]) => void;
}

/** Starts an engine's process; what it throws at its start ends it, as in a real one. */
export function startEngine(surroundings: EngineSurroundings, order: EngineOrder): RunningEngine {
  const { world, network, executions } = surroundings;
  const { host, id, invitation } = order;
  const [address] = invitation.addresses;
  const driverHost = world.hosts.find(({ name }) => name === address?.host);
  if (address === undefined || driverHost === undefined) throw new Error("an invitation says whom to call");
  const process = world.addProcess(id, host);
  executions.slots.set(id, order.slots);
  let watchdog: SimulatedWatchdog | undefined;
  const watch = (): SimulatedWatchdog =>
    (watchdog = new SimulatedWatchdog(world, executions, id, surroundings.watchdogs));
  let engine: Engine | undefined;
  const begin = async (): Promise<void> => {
    engine = new Engine({
      ...order,
      engineId: id,
      node: host.name,
      openFileLimit: MANY_FILES,
      coresPerSlot: 1,
      env: {},
      connect: (signal) => network.dial({ host: driverHost, port: address.port, role: "engine", signal }),
      start: (command, env, done) => executions.start(id, command, env, done),
      stopTasks: (_groups, graceMs) => executions.stopTasks(id, graceMs),
      stopTask: ({ taskId }, graceMs) => executions.stopTask(id, taskId, graceMs),
      warnTask: () => undefined,
      warnTasks: () => undefined,
      processes: NOWHERE,
      watch,
      bootSeconds: () => (world.now - host.bootedAt) / 1000,
      keepUndelivered: (results) => surroundings.keepUndelivered(order, results),
      log: {
        opened: () => undefined,
        warning: (message) => world.note(() => `${id}: ${message}`),
        info: (message) => world.note(() => `${id}: ${message}`),
        debug: () => undefined,
      },
    });
    try {
      await engine.run();
    } catch (error) {
      world.note(() => `${id}: ${String(error)}`);
    }
    process.end("exited");
  };
  world.note(() => `${id} is started on ${host.name}`);
  world.post(
    process,
    world.random.between(20, 80),
    () => void begin().catch((error: unknown) => world.noteThrown(error)),
  );
  return {
    id,
    host,
    process,
    startedAt: world.now,
    drain: () => void world.post(process, 0, () => engine?.drain("SIGTERM received")),
    deafenWatchdog: () => watchdog?.deafen(),
  };
}

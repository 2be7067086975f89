import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import type { Environment } from "../domain/environment.ts";
import { ENGINE_MARK } from "../domain/engine.ts";
import { Engine } from "../node/engine/engine.ts";
import { RunningCommand } from "../node/engine/runner.ts";
import { lookAtMachine, type Machine } from "../node/machine/machine.ts";
import { SharedDeadline } from "../node/engine/shared-deadline.ts";
import type { SlotCrew } from "../node/engine/slot-crew.ts";
import { reasonOf } from "../files/own-file.ts";
import { bootSeconds } from "../node/process/boot-clock.ts";
import { endEngine } from "../node/engine/end-engine.ts";
import { warnProcesses } from "../node/process/warn-processes.ts";
import { stopProcesses } from "../node/process/stop-processes.ts";
import { Watchdog } from "../node/process/watchdog.ts";
import { leaveUndelivered, type Undelivered } from "../records/recovery/undelivered.ts";
import { openFileLimit } from "../wire/descriptors.ts";
import { dial } from "../wire/dial.ts";
import { parseEngineEnd } from "../wire/engine-end.ts";
import { engineLogPrefix, type EngineSpec, parseEngineSpec } from "../wire/engine-spec.ts";
import { isEndCommand } from "./own-words.ts";
import { FileEngineLog } from "../faces/log/engine-log.ts";
import { EngineSignals, leaveSignalsToEngine } from "./engine-signals.ts";
import { taskMark } from "../node/engine/environment.ts";
import { openRunnerSetup } from "../node/engine/runner-setup.ts";
import { gatherCrew, runSlotProcess, slotOf } from "../node/engine/slot-processes.ts";

/** Runs an engine until it has left, or ends another one, as the arguments say. */
export async function runEngine(args: readonly string[]): Promise<void> {
  const specification = await text(process.stdin);
  // The driver has gone before it could say anything.
  if (specification === "") return;
  if (isEndCommand(args)) return endEngine(parseEngineEnd(specification));
  const spec = parseEngineSpec(specification);
  const { env } = process;
  const slot = slotOf(spec, env["SLURM_LOCALID"]);
  if (slot > 0) {
    leaveSignalsToEngine();
    return runSlotProcess(spec, slot, env);
  }
  const signals = new EngineSignals(spec.sharedSignals === true);
  const looked = lookAtMachine(env, spec.terms.resources);
  const crew = await gatherCrew(spec, signals.heard, env);
  const log = new FileEngineLog(engineLogPrefix(spec), spec.terms, (line) => void process.stderr.write(line));
  try {
    const engine = makeEngine(spec, crew, await looked, log);
    signals.obeyedBy(engine);
    if (crew !== undefined) crew.onDeath = (error) => engine.fail(error);
    await engine.run();
  } finally {
    await crew?.release();
    await log.close();
  }
}

function makeEngine(spec: EngineSpec, crew: SlotCrew | undefined, machine: Machine, log: FileEngineLog): Engine {
  const { invitation, engineId, terms } = spec;
  const setup = openRunnerSetup(terms.cwd, terms.output, (message) => engine.warn(message));
  const engine: Engine = new Engine({
    ...spec,
    terms: crew === undefined ? terms : { ...terms, resources: crew.notDealtOut(terms.resources) },
    elsewhere: crew?.processes,
    env: process.env,
    openFileLimit: openFileLimit(),
    bootSeconds,
    log,
    connect: (giveUp) => dial(invitation, { signal: giveUp }),
    machine,
    start: (command, env, done, started, how) => new RunningCommand(setup, command, env, done, started, how),
    stopTasks: (groups, graceMs) => stopProcesses({ name: ENGINE_MARK, value: engineId }, groups, graceMs),
    stopTask: (task, graceMs, first) =>
      stopProcesses(
        { name: ENGINE_MARK, value: engineId, only: taskMark(task) },
        new Set([task.group]),
        graceMs,
        first,
      ),
    warnTask: (task, name) =>
      void warnProcesses({ name: ENGINE_MARK, value: engineId, only: taskMark(task) }, new Set([task.group]), name),
    warnTasks: (name) => void warnProcesses({ name: ENGINE_MARK, value: engineId }, new Set(), name),
    secondsLeft: secondsLeft(process.env),
    watch: () => {
      const watchdog = new Watchdog({ engineId, warn: (message) => log.warning(message) });
      return crew === undefined ? watchdog : new SharedDeadline(watchdog, crew.processes);
    },
    keepUndelivered: (results, output) => keepUndelivered(spec, { results, output }, log),
  });
  log.onFailure = (message) => engine.warn(message);
  if (crew !== undefined) crew.onWarning = (message) => engine.warn(message);
  return engine;
}

/** Slurm tells its steps when their job ends, in Unix seconds. */
function secondsLeft({ SLURM_JOB_END_TIME: end }: Environment): number | undefined {
  return end === undefined || !/^[1-9][0-9]*$/.test(end) ? undefined : Math.max(0, Number(end) - Date.now() / 1000);
}

/** Leaves outcomes for whoever recovers the run, where that can find them. Without them their tasks are run again. */
function keepUndelivered(spec: EngineSpec, left: Pick<Undelivered, "results" | "output">, log: FileEngineLog): void {
  const { engineId, invitation } = spec;
  const logPrefix = engineLogPrefix(spec);
  if (!existsSync(dirname(logPrefix))) return;
  try {
    leaveUndelivered(logPrefix, engineId, left, invitation.credentials.key);
  } catch (error) {
    log.warning(`${left.results.length} results cannot be left where the run's files are: ${reasonOf(error)}`);
  }
}

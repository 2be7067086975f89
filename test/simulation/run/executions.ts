import { returnCodeOf } from "../../../src/records/statusfile/return-code.ts";
import { type Ending, exited, signalled, SUCCESS } from "../../../src/domain/ending.ts";
import { NO_LEAK } from "../../../src/domain/result.ts";
import type { CommandDone, Running } from "../../../src/node/engine/workplace.ts";
import type { ProcessEnding, SimulatedProcess } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { behaviourOf, FLAKY_CODE } from "./task-command.ts";

const NOTHING = { from: 0, data: Buffer.alloc(0) };
const NOTHING_PRINTED = { stdout: NOTHING, stderr: NOTHING };

/** What each start of a task prints. */
export function printedBy(taskId: number, attempt: number): string {
  return `task ${taskId}, attempt ${attempt}\n`;
}

/** One start of a command, as the world saw it. */
export interface Execution {
  readonly kind: "task" | "per-engine";
  readonly taskId: number;
  readonly attempt: number;
  /** Tries that had failed before, as it was told. */
  readonly failures: number;
  /** Marks everything that the engine has started. */
  readonly engineId: string;
  readonly engineRank: number;
  readonly process: SimulatedProcess;
  /** Milliseconds of the world. */
  readonly startedAt: number;
  endedAt?: number;
  /** Missing while it runs, and when its host vanished under it. */
  ending?: Ending;
  /** Nobody ended it. */
  endedByItself?: boolean;
  /** Its engine has heard of its end. */
  seenAt?: number;
}

/** Everything that engines start. Takes note of it all, for the judgement at the end. */
export class Executions {
  readonly all: Execution[] = [];
  /** Slots of engines, by their ids. */
  readonly slots = new Map<string, number>();
  /** Told of each start, before it is added. */
  onStart: (execution: Execution) => void = () => undefined;
  /** Called when a task kills its engine. */
  onKill: (execution: Execution) => void = () => undefined;
  readonly #world: World;
  readonly #stubborn = new Set<Execution>();
  /** How they would end by themselves. */
  readonly #exitCodes = new Map<Execution, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** What runs and carries this engine's mark. */
  aliveOf(engineId: string): Execution[] {
    return this.all.filter((execution) => execution.engineId === engineId && execution.process.isAlive);
  }

  /** A task that runs; if there is one, one that does not heed TERM. */
  aTask(): Execution | undefined {
    const running = this.all.filter(({ kind, process }) => kind === "task" && process.isAlive);
    const stubborn = running.filter((execution) => this.#stubborn.has(execution));
    return this.#world.random.oneOf(stubborn.length > 0 ? stubborn : running);
  }

  /** The engine whose code runs starts a command. */
  start(
    engineId: string,
    command: string,
    env: Readonly<Record<string, string | undefined>>,
    done: CommandDone,
  ): Running {
    const world = this.#world;
    const engine = world.self;
    const { seconds, stubborn, kills, prints = [], ...ends } = behaviourOf(command);
    const failures = Number(env["DISBATCH_RETRY"] ?? 0);
    const exitCode = failures < ends.flaky ? FLAKY_CODE : ends.exitCode;
    const taskId = Number(env["DISBATCH_TASKID"]);
    const attempt = Number(env["DISBATCH_ATTEMPT"]);
    const kind = env["DISBATCH_CYLINDER_RANK"] === "-1" ? "per-engine" : "task";
    const name = `${kind} ${taskId}, attempt ${attempt}, of ${engine.name}`;
    const process = world.addProcess(name, engine.host);
    const engineRank = Number(env["DISBATCH_ENGINE_RANK"]);
    const startedAt = world.now;
    const execution: Execution = { kind, taskId, attempt, failures, engineId, engineRank, process, startedAt };
    this.onStart(execution);
    this.all.push(execution);
    if (stubborn) this.#stubborn.add(execution);
    this.#exitCodes.set(execution, exitCode);
    world.note(() => `${name} starts: ${command}`);
    const start = Date.now() / 1000;
    const from = performance.now();
    const lines = Buffer.from(prints.map((line) => `${line}\n`).join(""));
    /** What it has printed by now: a part of it for each part of its time. */
    const bytesPrinted = (): number => {
      const until = (execution.endedAt ?? world.now) - startedAt;
      return execution.endedByItself === true ? lines.length : Math.floor((lines.length * until) / (seconds * 1000));
    };
    process.onEnd((how) => this.#ended(execution, how, exitCode));
    process.onEnd((how) => {
      if (how === "vanished") return;
      world.post(engine, world.random.between(0.1, 2), () => {
        execution.seenAt = world.now;
        const finish = start + (performance.now() - from) / 1000;
        const ending = execution.ending ?? SUCCESS;
        const output = lines.length === 0 ? NO_LEAK : { bytes: bytesPrinted(), snippet: "" };
        const outcome = { pid: process.pid, ending, start, finish, output, error: NO_LEAK };
        const tail = Buffer.from(printedBy(taskId, attempt));
        done(outcome, kind === "task" ? { stdout: { bytes: tail.length, tail } } : undefined);
      });
    });
    const act = (): void => (kills ? this.onKill(execution) : process.end("exited"));
    world.post(process, seconds * 1000, act, { timer: true, quiet: true });
    return {
      pid: process.pid,
      start,
      abandon: () => undefined,
      boundOutput: () => Promise.resolve(),
      printed: () => Promise.resolve(NOTHING_PRINTED),
      heard: (sent, _safe, most) => {
        const bytes = bytesPrinted();
        return Promise.resolve({ from: sent, data: lines.subarray(sent, Math.min(bytes, sent + most)), bytes });
      },
      letGo: () => undefined,
    };
  }

  /** A signal: it arrives when the process can take it. */
  signal(execution: Execution, signal: "TERM" | "KILL"): void {
    const { process } = execution;
    this.#world.post(
      process,
      this.#world.random.between(0, 1),
      () => {
        if (signal === "TERM" && this.#stubborn.has(execution)) return;
        execution.ending = signalled(signal === "TERM" ? 15 : 9);
        process.end("killed");
      },
      { quiet: true },
    );
  }

  /** What its shell waits for has been ended by a signal, and the shell runs the rest of its line: it seems to end as it should. */
  endInside(execution: Execution): void {
    const { process } = execution;
    this.#world.post(
      process,
      this.#world.random.between(0, 1),
      () => {
        execution.ending = exited(this.#exitCodes.get(execution) ?? 0);
        process.end("killed");
      },
      { quiet: true },
    );
  }

  /** Ends what the engine whose code runs has started: TERM, a grace, KILL. Resolves when nothing is left. */
  stopTasks(engineId: string, graceMs: () => number): Promise<void> {
    return this.#stop(() => this.aliveOf(engineId), graceMs);
  }

  /** The same for one task. */
  stopTask(engineId: string, taskId: number, graceMs: () => number): Promise<void> {
    const isIt = (execution: Execution): boolean => execution.kind === "task" && execution.taskId === taskId;
    return this.#stop(() => this.aliveOf(engineId).filter(isIt), graceMs);
  }

  async #stop(living: () => readonly Execution[], graceMs: () => number): Promise<void> {
    const begun = performance.now();
    for (const execution of living()) this.signal(execution, "TERM");
    for (;;) {
      const alive = living();
      if (alive.length === 0) return;
      if (performance.now() - begun >= graceMs()) for (const execution of alive) this.signal(execution, "KILL");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  #ended(execution: Execution, how: ProcessEnding, exitCode: number): void {
    execution.endedAt = this.#world.now;
    execution.endedByItself = how === "exited";
    if (how === "exited") execution.ending = exited(exitCode);
    if (how === "vanished") delete execution.ending;
    const code = execution.ending === undefined ? undefined : returnCodeOf(execution.ending);
    this.#world.note(() => `${execution.process.name} ${how === "vanished" ? "vanishes" : `ends: ${code}`}`);
  }
}

/** How often it is looked whether processes have ended. */
const LOOK_MS = 50;

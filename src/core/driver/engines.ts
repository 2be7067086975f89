import type { NodeSlots } from "../../domain/engine.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { Assignment } from "../../domain/task.ts";
import type { EarlierState, EngineReport, SchedulerCommand } from "../scheduler/commands.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Closing } from "../../wire/connection.ts";
import type { EngineMessage } from "../../wire/messages.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Controllers } from "./controllers.ts";
import type { EarlierRun } from "./earlier-run.ts";
import type { Hello } from "./engine-caller.ts";
import type { EngineGate, EnginePlace } from "./engine-gate.ts";
import type { EngineHandle } from "./engine-handle.ts";
import type { EngineEntry } from "./engine-registry.ts";
import { Losses } from "./losses.ts";
import type { Adopted, Recruitment } from "./recruitment.ts";
import { Settlement } from "./settlement.ts";

export interface EnginesOptions {
  /** How long they may be out of touch, in seconds. */
  readonly lease: number;
  /** What still runs on one that leaves is ended after so many seconds. */
  readonly drainTimeout: number | undefined;
  /** What an earlier driver of this run has left. */
  readonly earlier: EarlierRun | undefined;
  readonly scheduler: Scheduler;
  readonly chronicle: Chronicle;
  readonly gate: EngineGate;
  readonly recruitment: Recruitment;
  readonly controllers: Controllers;
  readonly apply: (commands: readonly SchedulerCommand[]) => void;
  /** What an engine has left in writing that it could not deliver. */
  readonly undelivered: (engineId: string) => readonly TaskResult[];
}

/** The engines that are in the run: what they say becomes facts, and events for the scheduler. */
export class Engines {
  readonly #options: EnginesOptions;
  readonly #handles = new Map<number, EngineHandle>();
  readonly #losses: Losses;
  readonly #settlement: Settlement;
  #lastLoss: { readonly engine: EngineHandle; readonly reason: string } | undefined;
  /** The outcome of the run is known, and they may say what they like. */
  #over = false;

  constructor(options: EnginesOptions) {
    const { lease, gate, scheduler, chronicle, apply, earlier } = options;
    this.#options = options;
    this.#losses = new Losses(lease, gate, {
      isSpare: ({ rank }) => scheduler.isDoneWith(rank),
      silent: ({ rank }) => apply(scheduler.engineSilent(rank)),
      heard: ({ rank }) => apply(scheduler.engineHeard(rank)),
      lost: (engine, reason, crashed) => this.#lose(engine, reason, crashed),
      looked: () => chronicle.commit(),
      tell: (event) => chronicle.tellNow(event),
    });
    const settledEarlier = (id: number): boolean => earlier?.settled(id) ?? false;
    this.#settlement = new Settlement({ scheduler, chronicle, apply, settledEarlier });
  }

  get(rank: number): EngineHandle | undefined {
    return this.#handles.get(rank);
  }

  /** Ranks of the engines of a context. */
  ofContext(label: string): number[] {
    return [...this.#handles.values()].filter(({ context }) => context === label).map(({ rank }) => rank);
  }

  /** Those of an earlier driver may come back. @returns how the scheduler is to begin. */
  takeUp({ engines, ...earlier }: EarlierRun, adopted: readonly Adopted[]): EarlierState {
    const known = new Map(adopted.map((one) => [one.engine.rank, one]));
    for (const { engine } of adopted) this.#handles.set(engine.rank, engine);
    const kept = engines.flatMap(({ engine: { rank, slots }, ready, held }) => {
      const one = known.get(rank);
      if (one === undefined) return [];
      const { releasable = false } = one.node;
      return [{ rank, slots, quota: one.place.quota, ready, held, releasable }];
    });
    return { ...earlier, engines: kept };
  }

  /** From now on it counts whether they are heard of. */
  watch(adopted: readonly Adopted[]): void {
    for (const { engine } of adopted) this.#losses.watch(engine);
  }

  /** The run is over: whatever becomes of them is nobody's loss. */
  close(): void {
    this.#over = true;
    this.#settlement.close();
    this.#losses.close();
  }

  /** A lease: it is written down before the engine hears of it. */
  assign(rank: number, assignments: readonly Assignment[]): void {
    for (const assignment of assignments) {
      this.#settlement.noteAssigned(assignment.task.id);
      this.#tellAssigned(assignment, rank);
    }
    this.#handles.get(rank)?.assign(assignments);
  }

  /** The last engine that was lost was one too many for this task. */
  giveUp(assignment: Assignment): void {
    if (this.#lastLoss === undefined) throw new Error("no task is given up before an engine is lost");
    this.#settlement.giveUp(this.#lastLoss.engine, assignment, this.#lastLoss.reason);
  }

  /** The run has to end: nobody waits for those that are away. */
  hurry(): void {
    this.#losses.hurry(this.#handles.values());
  }

  /** Ends those that have not ended by themselves. */
  kill(): void {
    for (const engine of this.#handles.values()) void this.#killAndForget(engine);
  }

  join(engine: EngineHandle, hello: Hello, { quota, stopped }: EnginePlace, { releasable = false }: NodeSlots): void {
    const { chronicle, controllers, scheduler, apply } = this.#options;
    const { rank, id, context } = engine;
    this.#handles.set(rank, engine);
    const { node, pid, slots, warnings } = hello;
    for (const message of warnings) chronicle.warn(message);
    chronicle.tellNow({ type: "engine-joined", engine: { id, rank, node, pid, slots, context } });
    controllers.engineJoined(id, rank, slots);
    this.#losses.watch(engine);
    apply(scheduler.engineJoined(rank, slots, { quota, unwanted: stopped, releasable }));
  }

  /** It has called again, and is going to say where it stands. */
  calledAgain({ rank }: EngineHandle): void {
    const { scheduler, apply } = this.#options;
    apply(scheduler.engineSilent(rank));
  }

  hungUp(engine: EngineHandle, closing: Closing): void {
    if (!this.#over) this.#losses.hungUp(engine, closing);
  }

  /** Its process has ended. */
  ended(engine: EngineHandle): void {
    this.#losses.processEnded(engine);
  }

  /** It has never joined. */
  missing(entry: EngineEntry, reason: string): void {
    const { recruitment, gate } = this.#options;
    if (!recruitment.missing(entry, reason)) gate.over(entry.process);
  }

  receive(engine: EngineHandle, message: EngineMessage): void {
    const { scheduler, apply } = this.#options;
    const isNews = !("sequence" in message) || engine.receive(message.sequence);
    if (engine.state === "lost") return isNews ? this.#settlement.hearOut(message) : undefined;
    if (this.#over || engine.state === "left") return;
    this.#losses.note(engine);
    if (!isNews) return;
    switch (message.type) {
      case "hello":
      case "beat":
        // The caller has seen to it.
        return;
      case "ended":
        return this.#noteEnded(engine, message.tasks);
      case "report":
        return this.#takeBack(engine, message);
      case "ready":
        this.#noteReady(engine);
        return apply(scheduler.engineReady(engine.rank));
      case "warning":
        return this.#warn(engine, message.message);
      case "started":
        return this.#settlement.noteStarted(engine, message.tasks);
      case "finished":
        return apply(scheduler.finished(engine.rank, message.tasks));
      case "results":
        return message.interrupted
          ? this.#settlement.interrupt(engine, message.results)
          : this.#settlement.settle(engine, message.results);
      case "per-engine-result":
        return this.#settlement.settlePerEngine(engine, message);
      case "returned":
        return this.#takeReturned(engine, message.taskIds);
      case "draining":
        engine.isCalledAway = true;
        this.#tellLeaving(engine, message.reason);
        return apply(scheduler.stopEngine(engine.rank, this.#options.drainTimeout));
      case "goodbye":
        return this.#bidFarewell(engine, message);
      default:
        return message satisfies never;
    }
  }

  /** An engine that was out of touch says where it stands. */
  #takeBack(engine: EngineHandle, report: EngineReport): void {
    const { scheduler, apply } = this.#options;
    engine.mayRepeat = false;
    const { rank } = engine;
    for (const { task, attempt } of report.held) {
      const held = scheduler.heldBy(rank, task.id);
      if (held?.attempt === attempt) continue;
      const assignment = { task, attempt, crashes: 0 };
      if (held !== undefined || !this.#claims(rank, assignment)) {
        return engine.refuse(`it holds task ${task.id}, attempt ${attempt}, which it was not given`);
      }
      this.#tellAssigned(assignment, rank);
    }
    this.#losses.back(engine);
    if (report.ready) this.#noteReady(engine);
    apply(scheduler.engineBack(rank, report));
  }

  /** It is going to repeat what became of these. */
  #noteEnded({ rank }: EngineHandle, tasks: readonly Pick<Assignment, "task" | "attempt">[]): void {
    for (const { task, attempt } of tasks) {
      const assignment = { task, attempt, crashes: 0 };
      const isNews = this.#options.scheduler.heldBy(rank, task.id) === undefined;
      if (isNews && this.#claims(rank, assignment)) this.#tellAssigned(assignment, rank);
    }
  }

  /** It has a task, or has had it, that nobody knows of; which may be so when what was written last is lost. */
  #claims(rank: number, assignment: Assignment): boolean {
    const { earlier, scheduler } = this.#options;
    const { id } = assignment.task;
    if (!scheduler.isOnHold || earlier === undefined) return false;
    if (earlier.settled(id) || this.#settlement.hasSettled(id) || !earlier.claim(id)) return false;
    return scheduler.claim(rank, assignment);
  }

  #warn({ rank, node }: EngineHandle, message: string): void {
    const { chronicle } = this.#options;
    chronicle.warn(`engine ${rank} on ${node}: ${message}`);
    chronicle.commit();
  }

  /** Where all are to go as it is, one that goes by itself is nothing to be told of. */
  #tellLeaving({ rank, node }: EngineHandle, reason: string): void {
    const { scheduler, chronicle } = this.#options;
    const message = `engine ${rank} on ${node} is leaving: ${reason}`;
    if (scheduler.isEnding) chronicle.tellNow({ type: "note", message });
    else chronicle.warn(message);
  }

  #noteReady(engine: EngineHandle): void {
    if (engine.isReady) return;
    engine.isReady = true;
    this.#options.chronicle.tellNow({ type: "engine-ready", engine: engine.rank });
  }

  #takeReturned(engine: EngineHandle, ids: readonly number[]): void {
    const { scheduler, chronicle, apply } = this.#options;
    const taskIds = ids.filter((taskId) => scheduler.heldBy(engine.rank, taskId) !== undefined);
    for (const taskId of taskIds) chronicle.tellNow({ type: "task-returned", taskId, engine: engine.rank });
    apply(scheduler.returned(engine.rank, taskIds));
  }

  #tellAssigned(assignment: Assignment, engine: number): void {
    const { chronicle } = this.#options;
    const { task, attempt, crashes } = assignment;
    chronicle.tell({ type: "task-assigned", time: chronicle.now(), task, attempt, crashes, engine });
  }

  #bidFarewell(engine: EngineHandle, { reason, fenced }: Extract<EngineMessage, { type: "goodbye" }>): void {
    const { scheduler, chronicle, apply } = this.#options;
    engine.state = fenced ? "lost" : "left";
    engine.send({ type: "farewell" });
    engine.close();
    this.#losses.forget(engine);
    if (fenced) return this.#lose(engine, reason ?? "its lease has ended", false);
    this.#handles.delete(engine.rank);
    chronicle.tellNow({ type: "engine-left", engine: engine.rank, ...(reason === undefined ? {} : { reason }) });
    // What an earlier driver has told it to do does not count any more.
    this.#replace(engine, { wanted: engine.isAdopted && reason === undefined, crashed: false });
    if (engine.isCalledAway) this.#options.recruitment.linger(engine);
    apply(scheduler.engineGone(engine.rank, "left"));
  }

  #lose(engine: EngineHandle, reason: string, crashed: boolean): void {
    if (this.#over) return;
    const { scheduler, chronicle, undelivered, apply } = this.#options;
    const { rank } = engine;
    // It may have left results that it could not deliver.
    const left = undelivered(engine.id);
    const outcomes = left.filter(({ taskId, attempt }) => scheduler.heldBy(rank, taskId)?.attempt === attempt);
    if (outcomes.length > 0) this.#settlement.settle(engine, outcomes);
    this.#handles.delete(rank);
    this.#lastLoss = { engine, reason };
    chronicle.tellNow({ type: "engine-lost", engine: rank, reason, crashed });
    this.#replace(engine, { wanted: true, crashed });
    apply(scheduler.engineGone(rank, crashed ? "lost" : "left"));
  }

  /** @param wanted another one is to be started in its place, if the run can do with it. */
  #replace(engine: EngineHandle, { wanted, crashed }: { readonly wanted: boolean; readonly crashed: boolean }): void {
    const { scheduler, recruitment, gate } = this.#options;
    // One that has given up on its driver, or has gone with it, costs nobody a restart.
    const anew = !crashed || (engine.isAdopted && !engine.hasCalled);
    const isReplaced = wanted && scheduler.misses(engine.rank) && recruitment.replace(engine, anew);
    if (!isReplaced) gate.over(engine);
  }

  /** Also when its host cannot be reached any more: the run has to end. */
  async #killAndForget(engine: EngineHandle): Promise<void> {
    await this.#options.gate.kill(engine);
    engine.refuse("it did not end its tasks in time");
  }
}

import { readFileSync } from "node:fs";
import { returnCodeOf } from "../../../src/records/statusfile/return-code.ts";
import type { RunEnd } from "../../../src/domain/events.ts";
import { BEATS_PER_LEASE } from "../../../src/domain/lease.ts";
import type { Task } from "../../../src/domain/task.ts";
import type { JournalEntry } from "../../../src/records/journal/entry.ts";
import { FAIL_FAST, formatHaltPolicy } from "../../../src/domain/halt-policy.ts";
import { readJournal } from "../../../src/records/journal/read.ts";
import type { World } from "../world/world.ts";
import type { Circumstances } from "./circumstances.ts";
import type { RunFiles } from "./driver-program.ts";
import type { Execution, Executions } from "./executions.ts";
import type { KeptOutput } from "./kept-output.ts";
import { mayBeUnmet, NeedsJudge } from "./needs.ts";
import type { Scenario } from "./scenario.ts";
import { hasRetries, wrongRetries } from "./retries-judge.ts";
import { wrongStarts } from "./starts-judge.ts";
import { wrongStop } from "./stops-judge.ts";
import { behaviourOf, FLAKY_CODE } from "./task-command.ts";
import type { SimulatedWorkflow } from "./simulated-workflow.ts";
import { wrongInstances } from "./workflow-judge.ts";

/** Return code of a task that was given up. */
const GIVEN_UP = -100;
/** Return code of a task that needs more than any engine has. */
const UNMET = -103;
/** Return codes of tasks that somebody has had stopped, beside their own: TERM, KILL, and without having been started or heard of. */
const STOPPED: readonly number[] = [-15, -9, -102];
/** After a thaw whatever has to be ended is ended by then, in milliseconds. */
const WAKING_MS = 5_000;
/** An engine is given up a lease after it was last heard of, which may have been one sign of life before the task began. */
const LEAST_SHARE = 1 - 1.2 / BEATS_PER_LEASE;
/** For shorter leases than this, in seconds, calling again takes too much of one for the promise to come back in time. */
const SHORT_LEASE = 5;

export interface JudgeOptions {
  readonly world: World;
  readonly executions: Executions;
  readonly scenario: Scenario;
  readonly circumstances: Circumstances;
  readonly files: RunFiles;
  readonly output: Pick<KeptOutput, "lackOf">;
  /** What tasks are, where they are those of a document. */
  readonly workflow: SimulatedWorkflow | undefined;
}

/** Finds what must not be: while the run goes on, and in what it leaves. */
export class Judge {
  readonly complaints: string[] = [];
  readonly #options: JudgeOptions;
  readonly #byTask = new Map<number, Execution[]>();
  readonly #needs: NeedsJudge;
  readonly #thawed = new Map<string, number>();

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#needs = new NeedsJudge(options.scenario, (what) => this.complain(what));
    options.executions.onStart = (execution) => this.#started(execution);
  }

  noteThaw(host: string): void {
    this.#thawed.set(host, this.#options.world.now);
  }

  /** The run is over, or ought to be. */
  judgeRecords(reason: RunEnd | undefined): void {
    if (reason === undefined) return this.complain("the run does not end");
    const { scenario, circumstances } = this.#options;
    const status = this.#readStatus();
    const journal = this.#readJournal();
    this.#judgeOutcomes(reason, status, journal);
    this.#judgeBarriers(status);
    this.#judgeWorkflow(reason, status, journal);
    this.#judgeReason(reason);
    this.#judgeKillers(journal);
    this.#judgeTimes(journal);
    this.#judgeStops(status, journal);
    for (const what of wrongRetries({ scenario, circumstances, byTask: this.#byTask, reason }, journal))
      this.complain(what);
    if (this.#options.circumstances.count === 0) this.#judgeOutput(journal);
    if (this.#options.circumstances.count === 0) for (const what of wrongStarts(journal)) this.complain(what);
    const ends = journal.filter((entry) => entry.type === "run-ended");
    const last = ends[ends.length - 1];
    if (last?.reason !== reason) this.complain(`the run ends as ${reason}, and its journal says ${last?.reason}`);
  }

  /** Nothing has gone wrong: all that tasks have printed has come. */
  #judgeOutput(journal: readonly JournalEntry[]): void {
    for (const entry of journal) {
      if (entry.type !== "task-finished" || entry.result.pid <= 0) continue;
      const lack = this.#options.output.lackOf(entry.result);
      if (lack !== undefined) this.complain(lack);
    }
  }

  complain(what: string): void {
    this.complaints.push(`${(this.#options.world.now / 1000).toFixed(3)} s: ${what}`);
    this.#options.world.note(() => `COMPLAINT: ${what}`);
  }

  #started(next: Execution): void {
    if (next.kind !== "task") return;
    const { executions, circumstances } = this.#options;
    const running = executions.all.filter(({ kind, process }) => kind === "task" && process.isAlive);
    this.#needs.started(next, running, executions.slots.get(next.engineId) ?? 0, circumstances.count === 0);
    const earlier = this.#byTask.get(next.taskId) ?? [];
    this.#byTask.set(next.taskId, [...earlier, next]);
    for (const one of earlier) this.#compare(one, next);
    const other = this.#options.scenario.after.get(next.taskId);
    const isSettled = this.#byTask.get(other ?? -1)?.some((execution) => execution.endedByItself === true);
    if (other !== undefined && isSettled !== true) {
      this.complain(`task ${next.taskId} is started before task ${other} has ended, which it depends on`);
    }
  }

  #compare(earlier: Execution, next: Execution): void {
    const { world, scenario, circumstances } = this.#options;
    const what = `task ${next.taskId} is started as attempt ${next.attempt} on ${next.process.host.name}`;
    const before = `attempt ${earlier.attempt} on ${earlier.process.host.name}`;
    if (next.attempt <= earlier.attempt && !circumstances.powerLost) this.complain(`${what} after ${before}`);
    if (earlier.process.isAlive && !this.#mayRunOn(earlier)) this.complain(`${what} while ${before} still runs`);
    if (earlier.process.isAlive && world.now - earlier.startedAt < scenario.lease * 1000 * LEAST_SHARE) {
      this.complain(`${what} too soon after ${before}, which still runs`);
    }
    const isRetry =
      earlier.ending !== undefined && returnCodeOf(earlier.ending) !== 0 && hasRetries(this.#taskOf(next));
    if (!isRetry && !this.#mayBeRepeated(earlier)) this.complain(`${what}, and nothing was wrong with ${before}`);
  }

  #taskOf({ taskId }: Execution): Task | undefined {
    return this.#options.scenario.items.find((item): item is Task => item.kind === "task" && item.id === taskId);
  }

  /** It cannot be ended, or cannot have been yet; or the user wants it to run on. */
  #mayRunOn({ process }: Execution): boolean {
    const { world, scenario } = this.#options;
    const thawed = this.#thawed.get(process.host.name) ?? Number.NEGATIVE_INFINITY;
    return process.isFrozen || world.now - thawed < WAKING_MS || scenario.onDriverLost === "finish";
  }

  /** Its engine has ended, or has been in trouble for a good part of a lease. */
  #mayBeRepeated({ engineId, process, startedAt }: Execution): boolean {
    const { world, scenario, circumstances } = this.#options;
    const lease = scenario.lease * 1000;
    if (circumstances.ended.has(engineId) || scenario.lease < SHORT_LEASE) return true;
    if (circumstances.anyEnded || scenario.drainTimeout !== undefined) return true;
    if (startedAt < circumstances.forgottenUntil) return true;
    const troubled = circumstances.troubledTime(engineId, process.host.name, startedAt - lease, world.now);
    return troubled > lease / 4;
  }

  #judgeOutcomes(reason: RunEnd, status: readonly StatusLine[], journal: readonly JournalEntry[]): void {
    const { scenario } = this.#options;
    const codes = new Map<number, number>();
    for (const { isTask, id, returnCode } of status) {
      if (!isTask) continue;
      if (codes.has(id)) this.complain(`task ${id} stands twice in the status file`);
      codes.set(id, returnCode);
    }
    const finished = new Map<number, number>();
    for (const entry of journal) {
      if (entry.type !== "task-finished") continue;
      const { taskId, ending } = entry.result;
      // A task that no engine ever held is open again, where its driver has died before it could write the line of the status file.
      const isToldAgain = finished.get(taskId) === UNMET;
      if (finished.has(taskId) && !isToldAgain) this.complain(`task ${taskId} is finished twice in the journal`);
      finished.set(taskId, returnCodeOf(ending));
    }
    for (const item of scenario.items) {
      if (item.kind !== "task") continue;
      const code = codes.get(item.id);
      const isUntold = code === undefined && finished.get(item.id) === UNMET;
      if (code !== finished.get(item.id) && !isUntold) {
        this.complain(`task ${item.id}: ${code} in the status file, ${finished.get(item.id)} in the journal`);
      }
      if (code === undefined) {
        if ((reason === "done" || reason === "unmet-needs") && !this.#isLeftOut(item.id, codes)) {
          this.complain(`task ${item.id} has no outcome, and the run is done`);
        }
        continue;
      }
      this.#judgeOutcome(item, code, journal);
      if (this.#isLeftOut(item.id, codes) && !this.#options.circumstances.powerLost) {
        this.complain(`task ${item.id} has an outcome, and what it depends on has not settled well`);
      }
    }
  }

  #judgeWorkflow(reason: RunEnd, status: readonly StatusLine[], journal: readonly JournalEntry[]): void {
    const { scenario, workflow } = this.#options;
    if (workflow === undefined || scenario.workflow === undefined) return;
    const codes = new Map(status.filter(({ isTask }) => isTask).map(({ id, returnCode }) => [id, returnCode]));
    const isDone = reason === "done" || reason === "unmet-needs";
    const judged = { scenario: scenario.workflow, workflow, codes, byTask: this.#byTask, journal, isDone };
    for (const what of wrongInstances(judged)) this.complain(what);
  }

  /** What it depends on has not settled well, so it was never given. @param codes by task id. */
  #isLeftOut(id: number, codes: ReadonlyMap<number, number>): boolean {
    // Which instances of a document are run is judged elsewhere.
    if (this.#options.workflow !== undefined) return !codes.has(id);
    const other = this.#options.scenario.after.get(id);
    return other !== undefined && codes.get(other) !== 0;
  }

  #judgeOutcome({ id, command }: Task, code: number, journal: readonly JournalEntry[]): void {
    const { scenario, circumstances } = this.#options;
    const { exitCode, kills, flaky } = behaviourOf(command);
    if (code === GIVEN_UP) {
      const lost = journal.filter(({ type }) => type === "engine-lost").length;
      if (lost < scenario.crashLimit && !circumstances.powerLost)
        this.complain(`task ${id} is given up, and only ${lost} engines were lost`);
      const killer = circumstances.killers.get(lastEngineOf(id, journal) ?? "") ?? id;
      // What the disk has lost may say that another task ran there last.
      if (killer !== id && !circumstances.powerLost)
        this.complain(`task ${id} is given up, and it was task ${killer} that killed its engine`);
      return;
    }
    if (code === UNMET) {
      if (!mayBeUnmet(this.#needs.termsOf(id)))
        this.complain(`task ${id} is not run for what it needs, and could have been`);
      return;
    }
    if (circumstances.stopped.has(id) && STOPPED.includes(code)) return;
    if (kills) return this.complain(`task ${id} kills its engines, and is said to have ended with ${code}`);
    const failures = this.#byTask.get(id)?.at(-1)?.failures ?? 0;
    const expected = failures < flaky ? FLAKY_CODE : exitCode;
    if (code !== expected && !this.#options.circumstances.powerLost)
      return this.complain(`task ${id} ends with ${expected}, and ${code} is recorded`);
    const ended = this.#byTask.get(id)?.some((execution) => execution.endedByItself === true);
    if (ended !== true && !circumstances.stopped.has(id))
      this.complain(`task ${id} has an outcome, and no run of it has come to its end`);
  }

  #judgeBarriers(status: readonly StatusLine[]): void {
    let highest = -1;
    for (const { id, isTask, isBarrier, line } of status) {
      if (isTask && id < highest) this.complain(`task ${id} ended after barrier ${highest} was passed: ${line}`);
      if (!isBarrier) continue;
      if (id <= highest) this.complain(`barrier ${id} was passed after barrier ${highest}`);
      highest = id;
      const codes = new Map(status.filter((one) => one.isTask).map((one) => [one.id, one.returnCode]));
      for (const item of this.#options.scenario.items) {
        if (item.kind === "task" && item.id < id && !codes.has(item.id) && !this.#isLeftOut(item.id, codes)) {
          this.complain(`barrier ${id} was passed without task ${item.id}`);
        }
      }
    }
  }

  /** Whoever sets the calendar, the times of one driver are in the order of what happened, and the run takes no less than none. */
  #judgeTimes(journal: readonly JournalEntry[]): void {
    let before = Number.NEGATIVE_INFINITY;
    for (const entry of journal) {
      if (entry.type !== "run-recovered" && entry.type !== "run-started" && entry.time < before) {
        return this.complain(`the journal goes back by ${before - entry.time} s at ${entry.type}`);
      }
      before = entry.time;
    }
    const started = journal.find(({ type }) => type === "run-started")?.time ?? before;
    if (before < started) this.complain(`the run ends ${started - before} s before it has begun`);
  }

  /** No task takes more engines with it than the limit says, but for one more where nobody knew which of several it was. */
  #judgeKillers(journal: readonly JournalEntry[]): void {
    const { scenario, circumstances } = this.#options;
    if (circumstances.powerLost) return;
    const killed = new Map<number, number>();
    const crashes = journal.flatMap((entry) => (entry.type === "engine-lost" && entry.crashed ? [entry.engine] : []));
    for (const rank of new Set(crashes)) {
      const joined = journal.findLast((entry) => entry.type === "engine-joined" && entry.engine.rank === rank);
      const killer = joined?.type === "engine-joined" ? circumstances.killers.get(joined.engine.id) : undefined;
      if (killer !== undefined) killed.set(killer, (killed.get(killer) ?? 0) + 1);
    }
    for (const [id, count] of killed) {
      const most = Math.max(2, scenario.crashLimit);
      if (count > most) this.complain(`task ${id} has killed ${count} engines, and ${most} are enough`);
    }
  }

  #judgeStops(status: readonly StatusLine[], journal: readonly JournalEntry[]): void {
    const { circumstances } = this.#options;
    // What the run has said may be lost with the disk.
    if (circumstances.powerLost || circumstances.forgottenUntil > Number.NEGATIVE_INFINITY) return;
    for (const [id, since] of circumstances.stopsAcknowledged) {
      const returnCode = status.find((line) => line.isTask && line.id === id)?.returnCode;
      const what = wrongStop({ id, since, returnCode, executions: this.#byTask.get(id) ?? [] }, journal);
      if (what !== undefined) this.complain(what);
    }
  }

  #judgeReason(reason: RunEnd): void {
    const { scenario, circumstances } = this.#options;
    const checks = scenario.items.some((item) => item.kind === "barrier" && item.check);
    const isLimited = scenario.contexts.some(({ taskLimit }) => taskLimit > 0);
    const { halt } = scenario;
    const isFailFast = halt !== undefined && formatHaltPolicy(halt) === formatHaltPolicy(FAIL_FAST);
    const canBe: Record<RunEnd, boolean> = {
      done: true,
      "check-failed": checks,
      "failed-fast": isFailFast,
      "enough-failed": halt?.on === "fail" && !isFailFast,
      "enough-succeeded": halt?.on === "success",
      "enough-done": halt?.on === "done",
      interrupted: circumstances.endings.has("interrupted"),
      terminated: circumstances.endings.has("terminated"),
      stopped: circumstances.endings.has("stopped"),
      "out-of-time": false,
      "unmet-needs": scenario.items.some((item) => item.kind === "task" && mayBeUnmet(item.terms)),
      "no-engines": circumstances.count > 0 || isLimited,
      "record-failed": false,
      // What has been run, and is not on record, may depend on what does not settle well this time.
      "source-failed": circumstances.powerLost && (scenario.after.size > 0 || scenario.workflow !== undefined),
    };
    if (!canBe[reason]) this.complain(`nothing has happened that the run should end as ${reason}`);
  }

  #readStatus(): StatusLine[] {
    const text = readFileSync(this.#options.files.status, "utf8");
    if (text !== "" && !text.endsWith("\n")) this.complain("the status file has a torn line");
    return text
      .split("\n")
      .slice(0, -1)
      .map((line) => {
        const [flags = "", id, , , , , returnCode] = line.split("\t");
        const isBarrier = flags.includes("B") || flags.includes("C");
        const isTask = !isBarrier && !flags.includes("P");
        return { line, id: Number(id), returnCode: Number(returnCode), isBarrier, isTask };
      });
  }

  #readJournal(): JournalEntry[] {
    return [...readJournal(this.#options.files.journal, ({ message }) => this.complain(message))];
  }
}

/** Id of the engine that was given the task last. */
function lastEngineOf(taskId: number, journal: readonly JournalEntry[]): string | undefined {
  const lease = journal.findLast((entry) => entry.type === "task-assigned" && entry.task.id === taskId);
  if (lease?.type !== "task-assigned") return undefined;
  const joined = journal.findLast((entry) => entry.type === "engine-joined" && entry.engine.rank === lease.engine);
  return joined?.type === "engine-joined" ? joined.engine.id : undefined;
}

interface StatusLine {
  readonly line: string;
  readonly id: number;
  readonly returnCode: number;
  readonly isTask: boolean;
  readonly isBarrier: boolean;
}

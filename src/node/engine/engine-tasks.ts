import { isAtLimit, isSuccess } from "../../domain/ending.ts";
import type { Environment } from "../../domain/environment.ts";
import { type KeptOutput, keepsOutput, type OutputBlock } from "../../domain/output.ts";
import type { CommandOutcome, TaskResult } from "../../domain/result.ts";
import { type Assignment, type PerEngineCommand, type RunningTask, titleOf } from "../../domain/task.ts";
import { termsOfTry } from "../../domain/terms/terms-of-try.ts";
import type { DriverMessage, EngineMessage, FinishedTask } from "../../wire/messages.ts";
import { isPassing } from "../process/backoff.ts";
import { hostReadings } from "../process/host-readings.ts";
import type { DriverLink } from "./driver-link.ts";
import type { EngineOptions } from "./engine-options.ts";
import { HeardTasks, outcomeOfHeard } from "./heard-tasks.ts";
import { LiveOutput } from "./live-output.ts";
import { Outbox } from "./outbox.ts";
import { OutputSender } from "./output-sender.ts";
import { outcomeOfRefusal } from "./refusal.ts";
import { CANNOT_START } from "./runner.ts";
import { SignalledEnds } from "./signalled-ends.ts";
import { TaskLimits } from "./task-limits.ts";
import { TaskOutputs } from "./task-outputs.ts";
import { Throttle } from "./throttle.ts";
import { type CommandDone, type Place, type Supply, Workplace } from "./workplace.ts";

/** Characters of output that an engine leaves behind at most. */
const MOST_LEFT = 32 * 1024 * 1024;

/** A task that has ended here, and how. */
interface TaskEnd {
  readonly assignment: Assignment;
  readonly result: TaskResult;
}

/** The engine that the tasks are in. */
interface TasksOwner {
  /** Whether tasks may be started now. */
  mayStart(): boolean;
  /** Whether what ends now may have been ended, and is no outcome. */
  isEndingTasks(): boolean;
  /** Seconds until the machine is taken away; undefined where there is no such time. */
  secondsLeft(): number | undefined;
  /** The machine has no room for a task, which is in the queue again. */
  hasNoRoom(why: string): void;
  /** Something has come to its end: there may be nothing left to wait for. */
  settled(): void;
  /** Says what the user should know. */
  warn(message: string): void;
}

/** The tasks of an engine: from its queue through its slots until the driver has been told what became of them. */
export class EngineTasks {
  readonly #options: EngineOptions;
  readonly #link: Pick<DriverLink, "say" | "sayForSure" | "noteEnded">;
  readonly #owner: TasksOwner;
  readonly #slots: number;
  readonly #workplace: Workplace;
  readonly #limits: TaskLimits;
  readonly #throttle: Throttle;
  readonly #ends: SignalledEnds<TaskEnd>;
  readonly #outputs: TaskOutputs;
  #rank = -1;
  #queue: Assignment[] = [];
  /** Tasks that were ended by what was meant for the engine. They count as held until it leaves: they have been started. */
  readonly #interrupted: Assignment[] = [];
  /** Ids of tasks that somebody has had stopped here: however they end, that is their outcome. */
  readonly #stopped = new Set<number>();
  /** Tasks that are being ended, each until nothing of it is left. */
  #stopping = 0;
  #areEnded = false;
  readonly #outbox = new Outbox<TaskResult>((results) => {
    // Whoever hears that a task has failed is going to ask why.
    this.#output.flush();
    this.#link.sayForSure({ type: "results", results, interrupted: false });
  });
  /** What has ended and leaves its slot to another task, before it is certain what became of it. */
  readonly #finished = new Outbox<FinishedTask>((tasks) => this.#link.say({ type: "finished", tasks }));
  /** What tasks have printed, on its way to the driver. */
  readonly #output = new OutputSender(
    (message) => this.#link.say(message),
    (message) => this.#owner.warn(message),
  );
  readonly #heard = new HeardTasks({
    say: (message) => this.#link.say(message),
    refuse: ({ task, attempt }) => void this.#endTask(task.id, attempt, "what it prints is of no use"),
  });
  readonly #live = new LiveOutput(this.#output, () => this.#workplace.running);

  constructor(
    options: EngineOptions,
    supply: Supply,
    link: Pick<DriverLink, "say" | "sayForSure" | "noteEnded">,
    owner: TasksOwner,
  ) {
    this.#options = options;
    this.#link = link;
    this.#owner = owner;
    this.#slots = supply.stock.slots;
    this.#ends = new SignalledEnds({
      shared: options.sharedSignals === true,
      decided: (ends, meaning) => this.#decided(ends, meaning),
    });
    this.#limits = new TaskLimits({
      engineId: options.engineId,
      processes: options.processes,
      terms: options.terms.limits,
      stopTask: options.stopTask,
      warnTask: options.warnTask,
      note: (message) => options.log.info(message),
    });
    this.#throttle = new Throttle({
      terms: options.terms.throttle,
      readings: options.readings ?? hostReadings,
      changed: (reason) => this.#noteHeldBack(reason),
      proceed: () => this.fillSlots(),
    });
    this.#outputs = new TaskOutputs(options.terms.cwd);
    this.#workplace = new Workplace(options, { supply, limits: this.#limits, makers: this.#outputs }, (tasks) =>
      this.#noteStarted(tasks),
    );
  }

  /** Makes the slots. @param env what all tasks of the run have in their environment. */
  furnish(rank: number, env: Environment): void {
    this.#rank = rank;
    this.#workplace.furnish(rank, env);
  }

  /** Runs a per-engine command, in no slot. */
  runCommand(command: PerEngineCommand, done: (result: TaskResult) => void): void {
    this.#workplace.runCommand(command, (outcome) => done(this.#resultOf(command.id, 1, -1, outcome)));
  }

  /** The start commands have run: from now on tasks are started. */
  begin(): void {
    this.#throttle.begin();
    this.fillSlots();
  }

  /** The driver gives these tasks. @param isWanted the engine takes tasks at all. */
  add(assignments: readonly Assignment[], isWanted: boolean): void {
    this.#queue.push(...assignments);
    if (isWanted && this.#throttle.reason === undefined) this.fillSlots();
    else this.giveBackQueue();
  }

  /** Starts what there is room for. */
  fillSlots(): void {
    while (this.#owner.mayStart()) {
      const [next] = this.#queue;
      if (next === undefined || !this.#throttle.mayStart()) return;
      if (this.#comesTooLate(next)) {
        this.#queue.shift();
        this.tellOutcomes();
        this.#link.say({ type: "returned", taskIds: [next.task.id] });
        continue;
      }
      const place = this.#workplace.take(next);
      if (place === undefined && !this.#workplace.isIdle) return;
      this.#queue.shift();
      if (place === undefined) this.#refuse(next);
      else this.#runTask(next, place);
    }
  }

  /** What has not been started goes to others. */
  giveBackQueue(): void {
    const taskIds = this.#queue.map(({ task }) => task.id);
    this.#queue = [];
    this.tellOutcomes();
    this.#link.say({ type: "returned", taskIds });
  }

  /** Somebody wants this task to be ended. One that is not here has ended, and the driver is going to hear how, or knows already. */
  stop({ taskId, attempt, grace }: Extract<DriverMessage, { type: "stop-task" }>): void {
    if (this.#owner.isEndingTasks()) return;
    const isIt = (held: Assignment): boolean => held.task.id === taskId && held.attempt === attempt;
    const queued = this.#queue.findIndex(isIt);
    if (queued >= 0) {
      this.#queue.splice(queued, 1);
      this.#sayNotStarted(taskId);
      return this.#owner.settled();
    }
    if (this.#stopped.has(taskId)) return;
    const runs = [...this.#workplace.tasks, ...this.#outputs.unfinished].some(isIt);
    if (!runs && !this.#ends.open.some(({ assignment }) => isIt(assignment))) return;
    this.#stopped.add(taskId);
    if (runs) void this.#endTask(taskId, attempt, "told so by the driver", grace);
  }

  /** The engine's process has got a signal that may have reached its tasks. */
  signalled(): void {
    this.#ends.signalled();
  }

  /** Ends all tasks; resolves when nothing of them is left. What is queued is forgotten. @param graceMs asked again and again. */
  end(graceMs: () => number): Promise<void> {
    this.#areEnded = true;
    // What is not certain yet may have been ended by whoever wants this.
    this.#ends.interruptOpen();
    this.#heard.abandon();
    this.#outputs.abandon();
    const ended = this.#stopAll(graceMs);
    this.tellOutcomes();
    this.#queue = [];
    return ended;
  }

  async #stopAll(graceMs: () => number): Promise<void> {
    await this.#options.stopTasks(await this.#workplace.abandon(), graceMs);
  }

  /** Whether they have been ended, or are about to be. */
  get areEnded(): boolean {
    return this.#areEnded;
  }

  /** Whether there are tasks that have not been started, run, or have ended and nobody knows yet how. */
  get isAnyLeft(): boolean {
    return this.isAtWork || this.#heard.isAnyUnfinished || this.#queue.length > 0;
  }

  /** Whether anything runs, or is still to be decided here: all but what only waits for the driver. */
  get isAtWork(): boolean {
    const isAnyHere = this.isAnyRunning || this.#outputs.isAnyUnfinished;
    return isAnyHere || this.#ends.isAnyOpen || this.#stopping > 0;
  }

  get isAnyRunning(): boolean {
    return this.#workplace.isBusy;
  }

  /** Whether some were ended by what was meant for the engine, and are to be started elsewhere. */
  get isAnyInterrupted(): boolean {
    return this.#interrupted.length > 0;
  }

  /** Tells at once what has become of tasks, as far as that is certain. */
  tellOutcomes(): void {
    this.#outbox.flush();
  }

  /** Tasks that the driver does not know the end of. */
  get held(): Assignment[] {
    const ended = this.#ends.open.map(({ assignment }) => assignment);
    const here = [...this.#workplace.tasks, ...this.#heard.unfinished, ...this.#outputs.unfinished];
    return [...here, ...ended, ...this.#interrupted, ...this.#queue];
  }

  /** What there is to say of the tasks that are held. */
  standing(): EngineMessage[] {
    const messages: EngineMessage[] = [];
    const { open } = this.#ends;
    if (open.length > 0) messages.push({ type: "finished", tasks: open.map(finishedTask) });
    const started = this.#workplace.startedTasks();
    if (started.length > 0) messages.push({ type: "started", tasks: started });
    const { reason } = this.#throttle;
    if (reason !== undefined) messages.push({ type: "held-back", reason });
    return messages;
  }

  /** The driver has been called again: what tasks have printed is sent again, as far as it may be lost. */
  sendOutputAgain(): void {
    this.#output.sendAgain();
    this.#heard.sendAgain();
  }

  /** What the driver says of output. */
  hearOfOutput(message: Extract<DriverMessage, { type: "output-taken" | "printed-taken" | "follow-output" }>): void {
    if (message.type === "output-taken") this.#output.taken(message.number);
    else if (message.type === "printed-taken") this.#heard.taken(message);
    else this.#live.follow(message.on, message.ids);
  }

  /** Resolves when the driver has all that tasks have printed, or takes nothing for so long. */
  outputDelivered(patienceMs: number): Promise<void> {
    return this.#output.delivered(patienceMs);
  }

  /** What tasks have printed and no driver has taken, as far as that is kept. */
  undeliveredOutput(): readonly OutputBlock[] {
    return this.#output.undelivered(MOST_LEFT);
  }

  /** The processes of tasks are gone: resolves when that has been heard of. */
  hearOfEnds(): Promise<void> {
    return this.#workplace.hearOfEnds();
  }

  /** Nothing is looked at any more. */
  close(): void {
    this.#workplace.close();
    this.#limits.close();
    this.#throttle.close();
    this.#live.close();
    this.#heard.close();
    this.#output.close();
  }

  /** Nothing runs any more: folders go that nothing is in. */
  async clearAway(): Promise<void> {
    await this.#outputs.close();
  }

  /** What is being ended is no news. */
  #noteStarted(tasks: readonly RunningTask[]): void {
    if (!this.#areEnded) this.#link.say({ type: "started", tasks: [...tasks] });
  }

  /** A task for which there is no time any more: there may be elsewhere. */
  #comesTooLate({ task, failures = 0 }: Assignment): boolean {
    const left = this.#owner.secondsLeft();
    return left !== undefined && (termsOfTry(task.terms, failures)?.minTime ?? 0) > left;
  }

  /** The driver knows what there is here, and yet has sent a task that would never start, and no other behind it. */
  #refuse(assignment: Assignment): void {
    const { task, attempt } = assignment;
    this.#options.log.warning(`task ${task.id} needs more than there is here: ${task.terms?.text ?? ""}`);
    const result = this.#resultOf(task.id, attempt, -1, outcomeOfRefusal(task.terms?.text ?? ""));
    // Nobody is told of an end before it has returned.
    queueMicrotask(() => {
      this.#ended({ assignment, result });
      this.#owner.settled();
    });
  }

  #runTask(assignment: Assignment, place: Place): void {
    const { task, attempt } = assignment;
    this.#throttle.started();
    this.#options.log.debug(() => `task ${task.id} starts in slot ${place.rank}: ${titleOf(task)}`);
    const isHeard = task.setting?.isHeard === true;
    const makesFiles = task.setting?.outputs !== undefined;
    const tell: CommandDone = (outcome, kept) => {
      this.#noteOutput(assignment, outcome, kept);
      this.#ended({ assignment, result: this.#resultOf(task.id, attempt, place.rank, outcome) });
      this.#owner.settled();
    };
    const finish: CommandDone = (outcome, kept) => {
      if (!makesFiles) return tell(outcome, kept);
      // Another engine may have the task by now.
      if (this.#owner.isEndingTasks()) this.#outputs.abandon();
      void this.#outputs.ended(assignment, outcome, (decided) => tell(decided, kept));
      this.fillSlots();
    };
    const ended: CommandDone = (outcome, kept) => {
      this.#throttle.ended(outcome.finish - outcome.start);
      this.#options.log.debug(() => `task ${task.id} ended: ${Object.values(outcome.ending).join(" ")}`);
      if (!isHeard) return finish(outcome, kept);
      // Its slot is free, and its outcome waits until the driver has had all that it printed.
      this.#heard.ended(assignment, outcome, (refused) => finish(outcomeOfHeard(outcome, refused), kept));
      if (this.#owner.isEndingTasks()) this.#heard.abandon();
      else this.fillSlots();
    };
    const command = this.#workplace.runTask(assignment, place, ended);
    if (isHeard) this.#heard.begin(assignment, command);
  }

  /** Whatever becomes of the task: also what was cut short has printed something. */
  #noteOutput(assignment: Assignment, { ending }: CommandOutcome, kept: KeptOutput | undefined): void {
    this.#live.ended(assignment, !isSuccess(ending), kept);
    if (kept === undefined || !keepsOutput(this.#options.terms.output, ending)) return;
    this.#output.keep(assignment.task.id, assignment.attempt, !isSuccess(ending), kept);
  }

  #ended(end: TaskEnd): void {
    const { assignment, result } = end;
    if (this.#owner.isEndingTasks()) {
      return this.#link.sayForSure({ type: "results", results: [result], interrupted: true });
    }
    const isStopped = this.#stopped.has(result.taskId) || isAtLimit(result.ending);
    if (!hasBegun(result)) {
      if (isStopped) return this.#sayNotStarted(result.taskId);
      return this.#handBack(assignment, result.error.snippet.replace(CANNOT_START, ""));
    }
    const meaning = isStopped ? "outcome" : this.#ends.heard(end, result.ending);
    if (meaning === "interrupted") return this.#noteInterrupted([end]);
    if (meaning === "outcome") this.#link.noteEnded(assignment);
    this.fillSlots();
    const isShort = this.#queue.length < this.#slots;
    const isAwaited = assignment.task.setting?.isAwaited === true;
    if (meaning !== "outcome") this.#finished.add(finishedTask(end), isShort ? "urgent" : "patient");
    // Many short tasks that others wait for would else each cost a message.
    else this.#outbox.add(result, isAwaited ? "awaited" : isShort ? "urgent" : "patient");
  }

  /** A task that found no room on the machine has not failed, and others may have some. */
  #handBack(assignment: Assignment, why: string): void {
    this.#queue.unshift(assignment);
    this.#owner.hasNoRoom(why);
  }

  /** Ends of tasks have become certain, one way or the other. */
  #decided(ends: readonly TaskEnd[], meaning: "outcome" | "interrupted"): void {
    if (this.#owner.isEndingTasks()) this.#noteInterrupted(ends);
    else {
      const isOutcome = ({ result }: TaskEnd): boolean => meaning === "outcome" || this.#stopped.has(result.taskId);
      this.#noteOutcomes(ends.filter((end) => isOutcome(end)));
      this.#noteInterrupted(ends.filter((end) => !isOutcome(end)));
    }
    this.#owner.settled();
  }

  #noteOutcomes(ends: readonly TaskEnd[]): void {
    for (const { assignment, result } of ends) {
      this.#link.noteEnded(assignment);
      this.#outbox.add(result, "patient");
    }
    this.tellOutcomes();
  }

  #noteInterrupted(ends: readonly TaskEnd[]): void {
    if (ends.length === 0) return;
    this.#interrupted.push(...ends.map(({ assignment }) => assignment));
    const results = ends.map(({ result }) => result);
    this.#link.sayForSure({ type: "results", results, interrupted: true });
  }

  #resultOf(taskId: number, attempt: number, slot: number, outcome: CommandOutcome): TaskResult {
    return { taskId, attempt, node: this.#options.node, engine: this.#rank, slot, ...outcome };
  }

  /** Others may start what this engine does not. */
  #noteHeldBack(reason: string | undefined): void {
    const { log } = this.#options;
    log.info(reason === undefined ? "tasks are started again" : `no task is started: ${reason}`);
    this.#link.say({ type: "held-back", reason });
    if (reason !== undefined && this.#queue.length > 0) this.giveBackQueue();
  }

  /** Neither this nor the engine's own end waits for the other. */
  async #endTask(
    taskId: number,
    attempt: number,
    why: string,
    grace = this.#options.terms.limits.grace,
  ): Promise<void> {
    this.#options.log.info(`ending task ${taskId}: ${why}`);
    this.#stopping++;
    try {
      const slot = this.#workplace.slotOf(taskId) ?? -1;
      const group = await this.#workplace.abandonTask(taskId);
      if (group !== undefined)
        await this.#options.stopTask({ group, taskId, attempt, slot }, () => grace * 1000, "SIGTERM");
    } finally {
      this.#stopping--;
      this.#owner.settled();
    }
  }

  #sayNotStarted(taskId: number): void {
    this.tellOutcomes();
    this.#link.say({ type: "not-started", taskId });
  }
}

/** False when the machine has been short of what the task needs to start, for longer than that is waited for. */
function hasBegun({ ending }: TaskResult): boolean {
  return ending.type !== "not-started" || !isPassing(ending.errno);
}

function finishedTask({ result: { taskId, ending } }: TaskEnd): FinishedTask {
  return { taskId, failed: !isSuccess(ending) };
}

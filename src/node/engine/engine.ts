import type { Duplex } from "node:stream";
import { plural } from "../../domain/plural.ts";
import type { EngineCapacity } from "../../domain/engine.ts";
import type { EngineTerms } from "../../domain/engine-terms.ts";
import { FENCE_GRACE } from "../../domain/lease.ts";
import { limitText } from "../../domain/limits.ts";
import { isAtLimit, isSuccess } from "../../domain/ending.ts";
import { termsOfTry } from "../../domain/terms/terms-of-try.ts";
import { type KeptOutput, keepsOutput, type OutputBlock } from "../../domain/output.ts";
import type { CommandOutcome, TaskResult } from "../../domain/result.ts";
import { type Assignment, type PerEngineCommand, type RunningTask, statedTask, titleOf } from "../../domain/task.ts";
import { hostReadings, type HostReadings } from "../process/host-readings.ts";
import type { Machine } from "../machine/machine.ts";
import { isPassing } from "../process/backoff.ts";
import { type DriverMessage, type EngineMessage, type FinishedTask, PROTOCOL } from "../../wire/messages.ts";
import { DriverLink } from "./driver-link.ts";
import { fitToOpenFiles, fitToResources } from "./fit-slots.ts";
import { HeardTasks, outcomeOfHeard } from "./heard-tasks.ts";
import { LiveOutput } from "./live-output.ts";
import { Outbox } from "./outbox.ts";
import { OutputSender } from "./output-sender.ts";
import { CANNOT_START } from "./runner.ts";
import { EngineWarnings } from "./engine-warnings.ts";
import { SignalledEnds } from "./signalled-ends.ts";
import { capacityOf, stockOf } from "./stock.ts";
import { outcomeOfRefusal } from "./refusal.ts";
import { Throttle } from "./throttle.ts";
import { TaskOutputs } from "./task-outputs.ts";
import { TaskLimits, type TaskLimitsOptions } from "./task-limits.ts";
import { type CommandDone, type Place, sharesOf, type WorkplaceOptions, Workplace } from "./workplace.ts";

/** Characters of output that an engine leaves behind at most. */
const MOST_LEFT = 32 * 1024 * 1024;
/** A driver that takes no output for so long is not waited for when the engine leaves, in milliseconds. */
const OUTPUT_PATIENCE_MS = 10_000;

/** Seconds between TERM and KILL for what still runs when an engine that leaves has no more time. */
const DRAIN_GRACE = 10;

export interface EngineOptions extends WorkplaceOptions {
  readonly terms: EngineTerms;
  /** Calls the driver; gives up when the signal says so. @throws Error when it cannot be reached. */
  readonly connect: (signal: AbortSignal) => Promise<Duplex>;
  /** Label of the context that started this engine. */
  readonly context: string;
  readonly node: string;
  readonly slots: number;
  /** Files that this process may have open. */
  readonly openFileLimit: number;
  /** What the machine has for tasks; missing where nobody has looked. */
  readonly machine?: Machine | undefined;
  /** Ends all processes of these groups and whatever else belongs to this engine's tasks. */
  readonly stopTasks: (groups: ReadonlySet<number>, graceMs: () => number) => Promise<void>;
  /** Ends the processes of one task: the signal, a grace, KILL. Resolves when nothing of it is left. */
  readonly stopTask: TaskLimitsOptions["stopTask"];
  /** Sends a signal to processes of one task, to those that have a handler for it. */
  readonly warnTask: TaskLimitsOptions["warnTask"];
  /** The same for all tasks of this engine. */
  readonly warnTasks: (signal: NodeJS.Signals) => void;
  /** Seconds until the machine is taken away; undefined when that is not going to be, or nobody knows. */
  readonly secondsLeft?: number | undefined;
  /** Where the system tells of its processes; `/proc` where it is missing. */
  readonly processes?: string | undefined;
  /** What the host tells of itself; missing for this one. */
  readonly readings?: HostReadings | undefined;
  /** Starts the process that ends the tasks when this one cannot. */
  readonly watch: () => TaskWatchdog;
  /** Seconds since the machine started; not moved by the calendar, and not stopped by sleep. */
  readonly bootSeconds: () => number;
  /** Keeps outcomes that no driver has taken, and what was printed, for one that may ask for them. */
  readonly keepUndelivered: (results: readonly TaskResult[], output: readonly OutputBlock[]) => void;
  /** Signals that this process gets reach its tasks as well. */
  readonly sharedSignals?: boolean;
  /** Told once the rank is known, and then of everything of note. */
  readonly log: EngineLog;
}

/** Ends an engine's tasks when the engine has died, or has not moved the deadline on. */
export interface TaskWatchdog {
  /** @param bootSeconds on the clock of the same name. */
  keepUntil(bootSeconds: number): void;
  keepForever(): void;
  /** Whether it has ended tasks, or is about to: it goes by a deadline that has passed. */
  readonly hasActed: boolean;
  /** The engine leaves well. Resolves when the watchdog is gone. */
  close(): Promise<void>;
}

/** A task that has ended here, and how. */
interface TaskEnd {
  readonly assignment: Assignment;
  readonly result: TaskResult;
}

interface EngineLog {
  opened(rank: number): void;
  warning(message: string): void;
  info(message: string): void;
  debug(message: () => string): void;
}

/**
 * The process on a node. It joins the driver, runs the start commands, then tasks in its slots, and leaves when told to.
 *
 *     joining ──► starting ──► working ──► stopping ──► left
 *        └───────────┴────────────┴───────────┴──► terminating ──► left
 *
 * That contact with the driver is lost changes nothing of this, until the lease ends.
 */
export class Engine {
  #phase: "joining" | "starting" | "working" | "stopping" | "terminating" | "left" = "joining";
  readonly #options: EngineOptions;
  readonly #slotCount: number;
  /** What its tasks may take between them. */
  readonly #capacity: EngineCapacity;
  readonly #warnings: readonly string[];
  readonly #link: DriverLink;
  readonly #workplace: Workplace;
  readonly #limits: TaskLimits;
  readonly #throttle: Throttle;
  readonly #endWarnings: EngineWarnings;
  /** When the machine is taken away, on the clock of `performance.now`; undefined where there is no such time. */
  readonly #endsAt: number | undefined;
  readonly #ends: SignalledEnds<TaskEnd>;
  readonly #warned = new Set<string>();
  #watchdog: TaskWatchdog | undefined;
  #rank = -1;
  #stopCommands: readonly PerEngineCommand[] = [];
  #queue: Assignment[] = [];
  /** Tasks that were ended by what was meant for the engine. They count as held until it leaves: they have been started. */
  readonly #interrupted: Assignment[] = [];
  /** Ids of tasks that somebody has had stopped here: however they end, that is their outcome. */
  readonly #stopped = new Set<number>();
  /** Tasks that are being ended, each until nothing of it is left. */
  #stopping = 0;
  /** Whether the engine is to leave when what it has started has ended. */
  #dismissed = false;
  /** Whether the engine takes no more tasks, whatever it is given. */
  #draining = false;
  /** Whether the lease of the engine has ended and what runs may finish. */
  #orphaned = false;
  #drainTimer: NodeJS.Timeout | undefined;
  /** Whether the engine has ended tasks, or is about to. */
  #hasEndedTasks = false;
  /** Whether the engine has ended tasks because its lease had ended. */
  #isFenced = false;
  /** Seconds between TERM and KILL when it first had to do so. */
  #fenceGrace: number | undefined;
  /** Why it ends its tasks, when the driver has not told it to. */
  #endedBecause: string | undefined;
  #graceMs = 0;
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
    (message) => this.warn(message),
  );
  readonly #heard = new HeardTasks({
    say: (message) => this.#link.say(message),
    refuse: ({ task, attempt }) => void this.#endTask(task.id, attempt, "what it prints is of no use"),
  });
  readonly #outputs: TaskOutputs;
  readonly #live = new LiveOutput(this.#output, () => this.#workplace.running);
  #leave: () => void = () => undefined;
  #crash: (error: Error) => void = () => undefined;
  #failure: Error | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    const dealt = fitToResources(options.slots, options.terms.resources, options.env);
    const fitted = fitToOpenFiles(dealt.slots, options.openFileLimit);
    this.#slotCount = fitted.slots;
    const supply = stockOf({ ...options, slots: fitted.slots, shares: sharesOf(options.elsewhere) });
    this.#capacity = capacityOf(supply.stock);
    this.#warnings = [...dealt.warnings, ...fitted.warnings, ...supply.warnings];
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
    this.#endWarnings = new EngineWarnings(options.terms.limits.warn, (why) => this.#warnTasks(why));
    if (options.secondsLeft !== undefined) this.#endsAt = performance.now() + options.secondsLeft * 1000;
    if (options.secondsLeft !== undefined) this.#endWarnings.endsIn(options.secondsLeft, "the end of the Slurm job");
    this.#throttle = new Throttle({
      terms: options.terms.throttle,
      readings: options.readings ?? hostReadings,
      changed: (reason) => this.#noteHeldBack(reason),
      proceed: () => this.#fillSlots(),
    });
    this.#outputs = new TaskOutputs(options.terms.cwd);
    this.#workplace = new Workplace(options, { supply, limits: this.#limits, makers: this.#outputs }, (tasks) =>
      this.#noteStarted(tasks),
    );
    this.#link = new DriverLink(
      { ...options, lease: options.terms.lease, hello: (again) => this.#hello(again), report: () => this.#standing() },
      {
        message: (message) => this.#receive(message),
        renewed: (ends) => this.#renewed(ends),
        ended: (why) => this.#leaseEnded(why),
      },
    );
  }

  /**
   * Resolves when the engine has left and nothing of its tasks runs.
   *
   * @throws Error when the driver cannot be reached; what `fail` was called with.
   */
  async run(): Promise<void> {
    const left = new Promise<void>((resolve, reject) => {
      this.#leave = resolve;
      this.#crash = reject;
    });
    try {
      // Told to end its tasks, it does not wait for a driver that it has not reached yet; told to leave, it says so there.
      await Promise.race([this.#link.open(), left]);
      if (this.#phase === "left") this.#link.say(this.#goodbye());
      await left;
    } catch (error) {
      throw this.#failure ?? error;
    } finally {
      this.#link.close();
      this.#workplace.close();
      this.#limits.close();
      this.#throttle.close();
      this.#endWarnings.close();
      this.#live.close();
      this.#heard.close();
      this.#output.close();
      clearTimeout(this.#drainTimer);
    }
    this.#keepUndelivered();
    await this.#watchdog?.close();
    await this.#outputs.close();
  }

  /** A driver that is there may still take output, and without results nobody looks for it. */
  #keepUndelivered(): void {
    const { undelivered, hasEnded } = this.#link;
    if (undelivered.length === 0 && !hasEnded) return;
    const output = this.#output.undelivered(MOST_LEFT);
    if (undelivered.length > 0 || output.length > 0) this.#options.keepUndelivered(undelivered, output);
  }

  /** Starts no more tasks, and leaves when what runs has ended: somebody wants the machine back. */
  drain(why: string): void {
    if (this.#phase === "terminating" || this.#phase === "left") return;
    this.#ends.signalled();
    this.#drain(why);
  }

  #drain(why: string): void {
    this.#options.log.info(`draining: ${why}`);
    this.#draining = true;
    this.#link.say({ type: "draining", reason: why });
    this.#giveBackQueue();
    this.#dismiss(this.#options.terms.drainTimeout);
  }

  /** Says what the user should know, once, in one line. */
  warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#options.log.warning(message);
    this.#link.say({ type: "warning", message });
  }

  /** The process has got one more signal, which changes nothing here, and may have reached its tasks. */
  noteSignal(name: string): void {
    this.#options.log.info(`${name} received while it leaves`);
    this.#ends.signalled();
  }

  /**
   * Ends all tasks, then leaves. A second call may shorten the grace.
   *
   * @param why missing when the driver wants it.
   */
  terminate(graceSeconds: number, why?: string): void {
    this.#graceMs = graceSeconds * 1000;
    if (this.#phase === "terminating" || this.#phase === "left") return;
    this.#phase = "terminating";
    this.#hasEndedTasks = true;
    // What is not certain yet may have been ended by whoever wants this.
    this.#ends.interruptOpen();
    this.#heard.abandon();
    this.#outputs.abandon();
    const ended = this.#stopTasks();
    if (why === undefined) this.#options.log.info("ending tasks: told so by the driver");
    else this.#options.log.warning(`ending tasks: ${why}`);
    this.#endedBecause = why;
    this.#outbox.flush();
    this.#queue = [];
    void this.#leaveAfter(ended);
  }

  /** Ends the tasks without a word to the driver, as an engine that has died would. `run` throws the error then. */
  fail(error: Error): void {
    if (this.#phase === "terminating" || this.#phase === "left") return;
    this.#phase = "terminating";
    this.#hasEndedTasks = true;
    this.#failure = error;
    this.#graceMs = FENCE_GRACE * 1000;
    this.#options.log.warning(`ending tasks: ${error.message}`);
    this.#link.close();
    this.#ends.interruptOpen();
    this.#outputs.abandon();
    void this.#crashAfter(this.#stopTasks(), error);
  }

  async #stopTasks(): Promise<void> {
    await this.#options.stopTasks(await this.#workplace.abandon(), () => this.#graceMs);
  }

  #hello(again: boolean): EngineMessage {
    const { engineId, context, node } = this.#options;
    const warnings = [...this.#warnings];
    const who = { engineId, context, node, pid: process.pid, slots: this.#slotCount, capacity: this.#capacity };
    return { type: "hello", protocol: PROTOCOL, ...who, secondsLeft: this.#secondsLeft, warnings, again };
  }

  /** What is to be said to a driver that has been called again. Output comes first: nothing is heard behind a goodbye. */
  #standing(): EngineMessage[] {
    this.#output.sendAgain();
    this.#heard.sendAgain();
    return this.#report();
  }

  #report(): EngineMessage[] {
    // What it has ended was started: that must not look as if it had never come. Its last words say enough.
    if (this.#hasEndedTasks) return this.#phase === "left" ? [this.#goodbye()] : [];
    // What has ended is not held any more: the driver is to know how before it hears that.
    this.#outbox.flush();
    const { open } = this.#ends;
    const ended = open.map(({ assignment }) => assignment);
    const here = [...this.#workplace.tasks, ...this.#heard.unfinished, ...this.#outputs.unfinished];
    const holds = [...here, ...ended, ...this.#interrupted, ...this.#queue];
    const held = holds.map(({ task, attempt, failures, lastEnding }) => {
      return { task: statedTask(task), attempt, failures, lastEnding };
    });
    const welcomed = this.#phase !== "joining";
    const ready = welcomed && this.#phase !== "starting";
    const report: EngineMessage = { type: "report", held, welcomed, ready, leaving: this.#dismissed };
    if (this.#phase === "left") return [report, this.#goodbye()];
    const messages: EngineMessage[] = [report];
    if (open.length > 0) messages.push({ type: "finished", tasks: open.map(finishedTask) });
    const started = this.#workplace.startedTasks();
    if (started.length > 0) messages.push({ type: "started", tasks: started });
    const { reason } = this.#throttle;
    if (reason !== undefined) messages.push({ type: "held-back", reason });
    return messages;
  }

  /** What is being ended is no news. */
  #noteStarted(tasks: readonly RunningTask[]): void {
    if (!this.#hasEndedTasks) this.#link.say({ type: "started", tasks: [...tasks] });
  }

  #receive(message: DriverMessage): void {
    switch (message.type) {
      case "welcome":
        return this.#begin(message);
      case "assign":
        this.#queue.push(...message.assignments.map((assignment) => ({ ...assignment, crashes: 0 })));
        return this.#draining || this.#throttle.reason !== undefined ? this.#giveBackQueue() : this.#fillSlots();
      case "recall":
        return this.#giveBackQueue();
      case "stop-task":
        return this.#stopTask(message);
      case "dismiss":
        return this.#dismiss(message.within);
      case "terminate":
        return this.terminate(message.grace);
      case "output-taken":
        return this.#output.taken(message.number);
      case "printed-taken":
        return this.#heard.taken(message);
      case "follow-output":
        return this.#live.follow(message.on, message.ids);
      case "farewell":
        this.#link.deliveredAll();
        if (this.#phase === "left") this.#leave();
        return;
      case "beat":
      case "ack":
        // The link has seen to it.
        return;
      default:
        return message satisfies never;
    }
  }

  #begin(welcome: Extract<DriverMessage, { type: "welcome" }>): void {
    if (this.#phase !== "joining") return;
    const { log, terms } = this.#options;
    this.#rank = welcome.engine;
    this.#stopCommands = welcome.stop;
    log.opened(this.#rank);
    log.info(`joined as engine ${this.#rank} with ${plural(this.#slotCount, "slot")}, process ${process.pid}`);
    this.#watchdog = this.#options.watch();
    if (terms.onDriverLost === "finish") this.#watchdog.keepForever();
    else this.#watchdog.keepUntil(this.#link.leaseEnds);
    this.#workplace.furnish(this.#rank, welcome.env);
    this.#phase = "starting";
    this.#runCommands(welcome.start, () => {
      this.#phase = "working";
      this.#link.say({ type: "ready" });
      this.#throttle.begin();
      this.#fillSlots();
      this.#leaveWhenDone();
    });
  }

  /** Runs per-engine commands one after the other. */
  #runCommands(commands: readonly PerEngineCommand[], then: () => void): void {
    const [command, ...rest] = commands;
    if (command === undefined) return then();
    this.#options.log.info(`per-engine ${command.when} command ${command.id}: ${command.command}`);
    this.#workplace.runCommand(command, (outcome) => {
      if (this.#isEndingTasks()) return;
      const result = this.#resultOf(command.id, 1, -1, outcome);
      this.#link.sayForSure({ type: "per-engine-result", command, result });
      this.#runCommands(rest, then);
    });
  }

  #fillSlots(): void {
    while (this.#phase === "working" && !this.#orphaned) {
      const [next] = this.#queue;
      if (next === undefined || !this.#throttle.mayStart()) return;
      if (this.#comesTooLate(next)) {
        this.#queue.shift();
        this.#outbox.flush();
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

  /** Seconds until the machine is taken away; undefined where there is no such time. */
  get #secondsLeft(): number | undefined {
    return this.#endsAt === undefined ? undefined : Math.max(0, (this.#endsAt - performance.now()) / 1000);
  }

  /** A task for which there is no time any more: there may be elsewhere. */
  #comesTooLate({ task, failures = 0 }: Assignment): boolean {
    const left = this.#secondsLeft;
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
      this.#leaveWhenDone();
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
      this.#leaveWhenDone();
    };
    const finish: CommandDone = (outcome, kept) => {
      if (!makesFiles) return tell(outcome, kept);
      // Another engine may have the task by now.
      if (this.#isEndingTasks()) this.#outputs.abandon();
      void this.#outputs.ended(assignment, outcome, (decided) => tell(decided, kept));
      this.#fillSlots();
    };
    const ended: CommandDone = (outcome, kept) => {
      this.#throttle.ended(outcome.finish - outcome.start);
      this.#options.log.debug(() => `task ${task.id} ended: ${Object.values(outcome.ending).join(" ")}`);
      if (!isHeard) return finish(outcome, kept);
      // Its slot is free, and its outcome waits until the driver has had all that it printed.
      this.#heard.ended(assignment, outcome, (refused) => finish(outcomeOfHeard(outcome, refused), kept));
      if (this.#isEndingTasks()) this.#heard.abandon();
      else this.#fillSlots();
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
    if (this.#isEndingTasks()) {
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
    this.#fillSlots();
    const isShort = this.#queue.length < this.#slotCount;
    const isAwaited = assignment.task.setting?.isAwaited === true;
    if (meaning !== "outcome") this.#finished.add(finishedTask(end), isShort ? "urgent" : "patient");
    // Many short tasks that others wait for would else each cost a message.
    else this.#outbox.add(result, isAwaited ? "awaited" : isShort ? "urgent" : "patient");
  }

  /** The machine has no room for the task: that is no failure of the task's, and others may have some. */
  #handBack(assignment: Assignment, why: string): void {
    this.#queue.unshift(assignment);
    if (this.#draining) this.#giveBackQueue();
    else this.#drain(`no task can be started: ${why}`);
  }

  /** Ends of tasks have become certain, one way or the other. */
  #decided(ends: readonly TaskEnd[], meaning: "outcome" | "interrupted"): void {
    if (this.#isEndingTasks()) this.#noteInterrupted(ends);
    else {
      const isOutcome = ({ result }: TaskEnd): boolean => meaning === "outcome" || this.#stopped.has(result.taskId);
      this.#noteOutcomes(ends.filter((end) => isOutcome(end)));
      this.#noteInterrupted(ends.filter((end) => !isOutcome(end)));
    }
    this.#leaveWhenDone();
  }

  #noteOutcomes(ends: readonly TaskEnd[]): void {
    for (const { assignment, result } of ends) {
      this.#link.noteEnded(assignment);
      this.#outbox.add(result, "patient");
    }
    this.#outbox.flush();
  }

  #noteInterrupted(ends: readonly TaskEnd[]): void {
    if (ends.length === 0) return;
    this.#interrupted.push(...ends.map(({ assignment }) => assignment));
    const results = ends.map(({ result }) => result);
    this.#link.sayForSure({ type: "results", results, interrupted: true });
  }

  /** Tasks run here, or have ended and nobody knows yet how. */
  get #isBusy(): boolean {
    return this.#isAtWork || this.#heard.isAnyUnfinished;
  }

  /** The same without those that only wait for the driver. */
  get #isAtWork(): boolean {
    const isAnyHere = this.#workplace.isBusy || this.#outputs.isAnyUnfinished;
    return isAnyHere || this.#ends.isAnyOpen || this.#stopping > 0;
  }

  /** What ends now may have been ended: by this engine or, when its lease is over or was when it last heard of it, by the watchdog. */
  #isEndingTasks(): boolean {
    if (this.#options.terms.onDriverLost === "kill") this.#link.isOver();
    if (this.#watchdog?.hasActed === true) this.#fence("its watchdog had not heard in time that they may go on");
    return this.#phase === "terminating";
  }

  #resultOf(taskId: number, attempt: number, slot: number, outcome: CommandOutcome): TaskResult {
    return { taskId, attempt, node: this.#options.node, engine: this.#rank, slot, ...outcome };
  }

  /** Others may start what this engine does not. */
  #noteHeldBack(reason: string | undefined): void {
    const { log } = this.#options;
    log.info(reason === undefined ? "tasks are started again" : `no task is started: ${reason}`);
    this.#link.say({ type: "held-back", reason });
    if (reason !== undefined && this.#queue.length > 0) this.#giveBackQueue();
  }

  #giveBackQueue(): void {
    const taskIds = this.#queue.map(({ task }) => task.id);
    this.#queue = [];
    this.#outbox.flush();
    this.#link.say({ type: "returned", taskIds });
  }

  /** Somebody wants this task to be ended. One that is not here has ended, and the driver is going to hear how, or knows already. */
  #stopTask({ taskId, attempt, grace }: Extract<DriverMessage, { type: "stop-task" }>): void {
    if (this.#isEndingTasks()) return;
    const isIt = (held: Assignment): boolean => held.task.id === taskId && held.attempt === attempt;
    const queued = this.#queue.findIndex(isIt);
    if (queued >= 0) {
      this.#queue.splice(queued, 1);
      this.#sayNotStarted(taskId);
      return this.#leaveWhenDone();
    }
    if (this.#stopped.has(taskId)) return;
    const runs = [...this.#workplace.tasks, ...this.#outputs.unfinished].some(isIt);
    if (!runs && !this.#ends.open.some(({ assignment }) => isIt(assignment))) return;
    this.#stopped.add(taskId);
    if (runs) void this.#endTask(taskId, attempt, "told so by the driver", grace);
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
      this.#leaveWhenDone();
    }
  }

  #sayNotStarted(taskId: number): void {
    this.#outbox.flush();
    this.#link.say({ type: "not-started", taskId });
  }

  #dismiss(within: number | undefined): void {
    this.#dismissed = true;
    if (within !== undefined) {
      clearTimeout(this.#drainTimer);
      this.#drainTimer = setTimeout(() => this.#outOfTime(within), within * 1000);
      this.#endWarnings.endsIn(within, "the end of the drain timeout");
    }
    if (this.#phase === "joining") this.#sayGoodbye();
    else this.#leaveWhenDone();
  }

  #warnTasks(why: string): void {
    if (this.#isEndingTasks() || !this.#workplace.isBusy) return;
    const { log, terms, warnTasks } = this.#options;
    const { warn = 0, warnSignal } = terms.limits;
    log.info(`what runs is warned with ${warnSignal}: ${limitText(warn)} before ${why}`);
    warnTasks(warnSignal);
  }

  #outOfTime(seconds: number): void {
    this.#options.log.info(`what runs is ended: it has had ${seconds} s since the engine was to leave`);
    this.terminate(DRAIN_GRACE);
  }

  #leaveWhenDone(): void {
    if (!this.#dismissed || this.#phase !== "working" || this.#isBusy || this.#queue.length > 0) return;
    this.#phase = "stopping";
    this.#outbox.flush();
    if (this.#interrupted.length === 0) return this.#stop();
    // They are going to be started again: what they have left behind must not go on meanwhile.
    const ended = this.#options.stopTasks(new Set(), () => FENCE_GRACE * 1000);
    void ended.then(() => this.#stop());
  }

  #stop(): void {
    if (this.#phase === "stopping") this.#runCommands(this.#stopCommands, () => void this.#sayGoodbyeAfterOutput());
  }

  #goodbye(): EngineMessage {
    return { type: "goodbye", reason: this.#endedBecause, fenced: this.#isFenced };
  }

  /** Waits for the driver's answer: until then it may have to be said again. */
  #sayGoodbye(): void {
    this.#phase = "left";
    this.#options.log.info("leaving");
    this.#link.say(this.#goodbye());
  }

  /** What tasks have printed is to arrive while somebody listens. */
  async #sayGoodbyeAfterOutput(): Promise<void> {
    await this.#output.delivered(OUTPUT_PATIENCE_MS);
    if (this.#phase === "stopping") this.#sayGoodbye();
  }

  async #leaveAfter(tasksEnded: Promise<void>): Promise<void> {
    await tasksEnded;
    await this.#workplace.hearOfEnds();
    // Whoever is out of touch for good waits for nobody.
    if (this.#link.isOpen && !this.#link.hasEnded) await this.#output.delivered(OUTPUT_PATIENCE_MS / 5);
    this.#sayGoodbye();
    // A driver that wanted this may have gone; nobody waits for another.
    if (!this.#link.isOpen || this.#link.hasEnded) this.#leave();
  }

  async #crashAfter(tasksEnded: Promise<void>, error: Error): Promise<void> {
    try {
      await tasksEnded;
    } finally {
      this.#crash(error);
    }
  }

  #renewed(ends: number): void {
    if (this.#options.terms.onDriverLost === "kill") this.#watchdog?.keepUntil(ends);
    if (!this.#orphaned) return;
    this.#options.log.info("the driver is back");
    this.#orphaned = false;
    this.#fillSlots();
  }

  /** @returns false to go on listening to the driver. */
  #leaseEnded(why: string): boolean {
    const { terms, log } = this.#options;
    const { lease, onDriverLost } = terms;
    if (this.#phase === "left") this.#leave();
    const reason = `out of touch with the driver for ${lease} s: ${why}`;
    if (onDriverLost === "kill" || this.#phase === "joining") {
      this.#fence(reason);
      return true;
    }
    if (!this.#orphaned) log.warning(`${reason}; what runs may finish`);
    this.#orphaned = true;
    if (!this.#isAtWork) this.#fence(reason);
    return false;
  }

  #fence(why: string): void {
    if (this.#phase !== "terminating" && this.#phase !== "left") this.#isFenced = true;
    // Whoever has been frozen is late: the tasks may run elsewhere by now.
    const late = Math.max(0, this.#options.bootSeconds() - this.#link.leaseEnds);
    this.#fenceGrace ??= Math.max(0, FENCE_GRACE - late);
    this.terminate(this.#fenceGrace, why);
  }
}

/** False when the machine has been short of what the task needs to start, for longer than that is waited for. */
function hasBegun({ ending }: TaskResult): boolean {
  return ending.type !== "not-started" || !isPassing(ending.errno);
}

function finishedTask({ result: { taskId, ending } }: TaskEnd): FinishedTask {
  return { taskId, failed: !isSuccess(ending) };
}

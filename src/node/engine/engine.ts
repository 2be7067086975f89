import { plural } from "../../domain/plural.ts";
import type { EngineCapacity } from "../../domain/engine.ts";
import { FENCE_GRACE } from "../../domain/lease.ts";
import { limitText } from "../../domain/limits.ts";
import { type PerEngineCommand, statedTask } from "../../domain/task.ts";
import { type DriverMessage, type EngineMessage, PROTOCOL } from "../../wire/messages.ts";
import { DriverLink } from "./driver-link.ts";
import type { EngineOptions, TaskWatchdog } from "./engine-options.ts";
import { EngineTasks } from "./engine-tasks.ts";
import { EngineWarnings } from "./engine-warnings.ts";
import { fitToOpenFiles, fitToResources } from "./fit-slots.ts";
import { capacityOf, stockOf } from "./stock.ts";
import { sharesOf } from "./workplace.ts";

/** A driver that takes no output for so long is not waited for when the engine leaves, in milliseconds. */
const OUTPUT_PATIENCE_MS = 10_000;

/** Seconds between TERM and KILL for what still runs when an engine that leaves has no more time. */
const DRAIN_GRACE = 10;

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
  readonly #tasks: EngineTasks;
  readonly #endWarnings: EngineWarnings;
  /** When the machine is taken away, on the clock of `performance.now`; undefined where there is no such time. */
  readonly #endsAt: number | undefined;
  readonly #warned = new Set<string>();
  #watchdog: TaskWatchdog | undefined;
  #rank = -1;
  #stopCommands: readonly PerEngineCommand[] = [];
  /** Whether the engine is to leave when what it has started has ended. */
  #dismissed = false;
  /** Whether the engine takes no more tasks, whatever it is given. */
  #draining = false;
  /** Whether the lease of the engine has ended and what runs may finish. */
  #orphaned = false;
  #drainTimer: NodeJS.Timeout | undefined;
  /** Whether the engine has ended tasks because its lease had ended. */
  #isFenced = false;
  /** Seconds between TERM and KILL when it first had to do so. */
  #fenceGrace: number | undefined;
  /** Why it ends its tasks, when the driver has not told it to. */
  #endedBecause: string | undefined;
  #graceMs = 0;
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
    this.#endWarnings = new EngineWarnings(options.terms.limits.warn, (why) => this.#warnTasks(why));
    if (options.secondsLeft !== undefined) this.#endsAt = performance.now() + options.secondsLeft * 1000;
    if (options.secondsLeft !== undefined) this.#endWarnings.endsIn(options.secondsLeft, "the end of the Slurm job");
    this.#link = new DriverLink(
      { ...options, lease: options.terms.lease, hello: (again) => this.#hello(again), report: () => this.#standing() },
      {
        message: (message) => this.#receive(message),
        renewed: (ends) => this.#renewed(ends),
        ended: (why) => this.#leaseEnded(why),
      },
    );
    this.#tasks = new EngineTasks(options, supply, this.#link, {
      mayStart: () => this.#phase === "working" && !this.#orphaned,
      isEndingTasks: () => this.#isEndingTasks(),
      secondsLeft: () => this.#secondsLeft,
      hasNoRoom: (why) => this.#hasNoRoom(why),
      settled: () => this.#leaveWhenDone(),
      warn: (message) => this.warn(message),
    });
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
      this.#tasks.close();
      this.#endWarnings.close();
      clearTimeout(this.#drainTimer);
    }
    this.#keepUndelivered();
    await this.#watchdog?.close();
    await this.#tasks.clearAway();
  }

  /** A driver that is there may still take output, and without results nobody looks for it. */
  #keepUndelivered(): void {
    const { undelivered, hasEnded } = this.#link;
    if (undelivered.length === 0 && !hasEnded) return;
    const output = this.#tasks.undeliveredOutput();
    if (undelivered.length > 0 || output.length > 0) this.#options.keepUndelivered(undelivered, output);
  }

  /** Starts no more tasks, and leaves when what runs has ended: somebody wants the machine back. */
  drain(why: string): void {
    if (this.#phase === "terminating" || this.#phase === "left") return;
    this.#tasks.signalled();
    this.#drain(why);
  }

  #drain(why: string): void {
    this.#options.log.info(`draining: ${why}`);
    this.#draining = true;
    this.#link.say({ type: "draining", reason: why });
    this.#tasks.giveBackQueue();
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
    this.#tasks.signalled();
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
    const ended = this.#endTasks();
    if (why === undefined) this.#options.log.info("ending tasks: told so by the driver");
    else this.#options.log.warning(`ending tasks: ${why}`);
    this.#endedBecause = why;
    void this.#leaveAfter(ended);
  }

  /** Ends the tasks without a word to the driver, as an engine that has died would. `run` throws the error then. */
  fail(error: Error): void {
    if (this.#phase === "terminating" || this.#phase === "left") return;
    this.#phase = "terminating";
    this.#failure = error;
    this.#graceMs = FENCE_GRACE * 1000;
    this.#options.log.warning(`ending tasks: ${error.message}`);
    this.#link.close();
    void this.#crashAfter(this.#endTasks(), error);
  }

  #endTasks(): Promise<void> {
    return this.#tasks.end(() => this.#graceMs);
  }

  #hello(again: boolean): EngineMessage {
    const { engineId, context, node } = this.#options;
    const warnings = [...this.#warnings];
    const who = { engineId, context, node, pid: process.pid, slots: this.#slotCount, capacity: this.#capacity };
    return { type: "hello", protocol: PROTOCOL, ...who, secondsLeft: this.#secondsLeft, warnings, again };
  }

  /** What is to be said to a driver that has been called again. Output comes first: nothing is heard behind a goodbye. */
  #standing(): EngineMessage[] {
    this.#tasks.sendOutputAgain();
    return this.#report();
  }

  #report(): EngineMessage[] {
    // What it has ended was started: that must not look as if it had never come. Its last words say enough.
    if (this.#tasks.areEnded) return this.#phase === "left" ? [this.#goodbye()] : [];
    // What has ended is not held any more: the driver is to know how before it hears that.
    this.#tasks.tellOutcomes();
    const held = this.#tasks.held.map(({ task, attempt, failures, lastEnding }) => {
      return { task: statedTask(task), attempt, failures, lastEnding };
    });
    const welcomed = this.#phase !== "joining";
    const ready = welcomed && this.#phase !== "starting";
    const report: EngineMessage = { type: "report", held, welcomed, ready, leaving: this.#dismissed };
    if (this.#phase === "left") return [report, this.#goodbye()];
    return [report, ...this.#tasks.standing()];
  }

  #receive(message: DriverMessage): void {
    switch (message.type) {
      case "welcome":
        return this.#begin(message);
      case "assign":
        return this.#tasks.add(
          message.assignments.map((assignment) => ({ ...assignment, crashes: 0 })),
          !this.#draining,
        );
      case "recall":
        return this.#tasks.giveBackQueue();
      case "stop-task":
        return this.#tasks.stop(message);
      case "dismiss":
        return this.#dismiss(message.within);
      case "terminate":
        return this.terminate(message.grace);
      case "output-taken":
      case "printed-taken":
      case "follow-output":
        return this.#tasks.hearOfOutput(message);
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
    this.#tasks.furnish(this.#rank, welcome.env);
    this.#phase = "starting";
    this.#runCommands(welcome.start, () => {
      this.#phase = "working";
      this.#link.say({ type: "ready" });
      this.#tasks.begin();
      this.#leaveWhenDone();
    });
  }

  /** Runs per-engine commands one after the other. */
  #runCommands(commands: readonly PerEngineCommand[], then: () => void): void {
    const [command, ...rest] = commands;
    if (command === undefined) return then();
    this.#options.log.info(`per-engine ${command.when} command ${command.id}: ${command.command}`);
    this.#tasks.runCommand(command, (result) => {
      if (this.#isEndingTasks()) return;
      this.#link.sayForSure({ type: "per-engine-result", command, result });
      this.#runCommands(rest, then);
    });
  }

  /** Seconds until the machine is taken away; undefined where there is no such time. */
  get #secondsLeft(): number | undefined {
    return this.#endsAt === undefined ? undefined : Math.max(0, (this.#endsAt - performance.now()) / 1000);
  }

  #hasNoRoom(why: string): void {
    if (this.#draining) this.#tasks.giveBackQueue();
    else this.#drain(`no task can be started: ${why}`);
  }

  /** What ends now may have been ended: by this engine or, when its lease is over or was when it last heard of it, by the watchdog. */
  #isEndingTasks(): boolean {
    if (this.#options.terms.onDriverLost === "kill") this.#link.isOver();
    if (this.#watchdog?.hasActed === true) this.#fence("its watchdog had not heard in time that they may go on");
    return this.#phase === "terminating";
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
    if (this.#isEndingTasks() || !this.#tasks.isAnyRunning) return;
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
    if (!this.#dismissed || this.#phase !== "working" || this.#tasks.isAnyLeft) return;
    this.#phase = "stopping";
    this.#tasks.tellOutcomes();
    if (!this.#tasks.isAnyInterrupted) return this.#stop();
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
    await this.#tasks.outputDelivered(OUTPUT_PATIENCE_MS);
    if (this.#phase === "stopping") this.#sayGoodbye();
  }

  async #leaveAfter(tasksEnded: Promise<void>): Promise<void> {
    await tasksEnded;
    await this.#tasks.hearOfEnds();
    // Whoever is out of touch for good waits for nobody.
    if (this.#link.isOpen && !this.#link.hasEnded) await this.#tasks.outputDelivered(OUTPUT_PATIENCE_MS / 5);
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
    this.#tasks.fillSlots();
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
    if (!this.#tasks.isAtWork) this.#fence(reason);
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

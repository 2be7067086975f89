import { UserError } from "../domain/errors.ts";
import type { CallsFrom, Invitation, ProcessEnd } from "../domain/launcher.ts";
import { within } from "../domain/time-limit.ts";
import type { ContextLauncher } from "../places/launchers/context-launcher.ts";
import { plural } from "../domain/plural.ts";
import type { Closing } from "../wire/connection.ts";
import { ControllerEngine } from "./controller-engine.ts";
import type { Notice } from "./driver-line.ts";
import type { ContextTie } from "./context-tie.ts";

/** Engines have this long to go by themselves when their run has ended. */
const FAREWELL_MS = 15_000;
/** The driver has said by then whether it wants another engine in place of one that has died; it waits a minute at the most. */
const RESTART_MS = 90_000;
const ENDED_HERE = "it has been ended by the dbUtil.sh that added it";
/** The longest reason that the driver takes. */
const LONGEST_REASON = 4096;

export interface ControllerContextOptions {
  /** The run, which has taken the context. */
  readonly tie: ContextTie;
  readonly launcher: Pick<ContextLauncher, "context" | "start"> & Partial<Pick<ContextLauncher, "over">>;
  /** What is to be done if its driver has died, as the end of a sentence. */
  readonly afterItsDeath: () => string;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
  /** For how long engines may linger when the run is over, in milliseconds. */
  readonly farewellMs?: number;
}

/** A context that this process brings into a run: it starts the engines, speaks for them, and stays as long as they do. */
export class ControllerContext {
  readonly #options: ControllerContextOptions;
  readonly #engines = new Map<string, ControllerEngine>();
  /** Engines that are there, or that others may be started in place of. */
  #awaited = 0;
  /** No more engines are started. */
  #ending = false;
  /** Engines that are or were being ended, each until the driver has been told what came of it. */
  readonly #endings: Promise<void>[] = [];
  /** The user wants what runs to be ended. */
  #isTerminated = false;
  /** The run has been told that the context is to be stopped. */
  #isStopping = false;
  /** No more than a time of farewell is left. */
  #parting = false;
  readonly #allOver: Promise<void>;
  #noteAllOver: () => void = () => undefined;
  readonly #runEnded: Promise<void>;
  #noteRunEnded: () => void = () => undefined;

  constructor(options: ControllerContextOptions) {
    this.#options = options;
    this.#allOver = new Promise((resolve) => (this.#noteAllOver = resolve));
    this.#runEnded = new Promise((resolve) => (this.#noteRunEnded = resolve));
  }

  /**
   * Starts engines as the driver says; resolves when none of them is left.
   *
   * @returns whether one has joined, or the run has ended meanwhile.
   */
  async serve(): Promise<boolean> {
    const { tie, farewellMs = FAREWELL_MS } = this.#options;
    tie.listen({
      notice: (notice) => this.#note(notice),
      lost: (closing) => this.#noteLost(closing),
      found: () => this.#noteFound(),
      refused: (why) => this.#say(`the run has been found again, without this context: ${why}`),
      engines: () => [...this.#engines.keys()],
    });
    await Promise.race([this.#allOver, this.#runEnded]);
    this.#parting = true;
    this.#startNoMore();
    const ended = Promise.all([...this.#engines.values()].map((engine) => engine.ended));
    if (!(await within(farewellMs, ended))) this.#endAll();
    await ended;
    await this.#confirmEnds();
    await tie.close();
    return this.#sumUp();
  }

  get isDraining(): boolean {
    return this.#isStopping;
  }

  /** What runs may finish, and then it ends; when the run is over, or cannot be told, it is ended. */
  drain(): void {
    const { tie } = this.#options;
    if (this.#parting || tie.isLost) return this.terminate();
    this.#say(`context ${this.#label} is being stopped: what runs may finish (once more ends it)`);
    this.#stop();
  }

  /** Ends the engines, and what runs on them. */
  terminate(): void {
    this.#say("ending the engines, and what runs on them");
    this.#isTerminated = true;
    if (!this.#parting && !this.#isStopping) this.#stop();
    this.#startNoMore();
    this.#endAll();
  }

  get #label(): string {
    return this.#options.launcher.context.label;
  }

  #note(notice: Notice): void {
    switch (notice.type) {
      case "start-engine":
        return this.#start(notice.id, notice.node);
      case "engine-joined":
        return this.#noteJoined(notice.id, notice.rank, notice.slots);
      case "end-engine":
        return this.#end(notice.id);
      case "engine-over":
        return this.#noteOver(notice.id);
      case "run-ended":
        return this.#noteRunEnded();
      case "view":
      case "changed":
      case "live-output":
        // That is for those who watch.
        return;
      default:
        return notice satisfies never;
    }
  }

  #start(id: string, place: number): void {
    const { tie, launcher } = this.#options;
    const node = launcher.context.nodes[place];
    const invite = async (from: CallsFrom): Promise<Invitation> => tie.invitation(from);
    const process = node === undefined || this.#ending ? undefined : launcher.start(node, invite, id);
    if (process === undefined) {
      return tie.say({ type: "engine-ended", id, certain: true, reason: "its context is being ended" });
    }
    const engine = new ControllerEngine(place, process);
    const before = [...this.#engines.values()].filter((other) => other.place === place);
    if (before.length > 0) this.#say(`another engine is being started on ${engine.node}`);
    this.#awaited++;
    for (const other of before) other.noteOver();
    this.#engines.set(id, engine);
    void this.#watch(engine);
  }

  async #watch(engine: ControllerEngine): Promise<void> {
    const end = await engine.ended;
    engine.end = end;
    this.#tellEnd(engine, end);
    this.#reportEnd(engine, end);
    if (this.#ending || this.#options.tie.isLost) engine.noteOver();
    // What may go on without a connection to it takes its time.
    if (!engine.hasLeft) await (end.certain ? within(RESTART_MS, engine.over) : engine.over);
    if (--this.#awaited === 0) this.#noteAllOver();
  }

  /** To the driver, which takes note of the first time. */
  #reportEnd({ id, isBeingEnded }: ControllerEngine, { certain, reason }: ProcessEnd): void {
    const { tie } = this.#options;
    if (this.#isTerminated && isBeingEnded) {
      return tie.say({ type: "engine-ended", id, certain, reason: ENDED_HERE, wanted: true });
    }
    const said = reason === undefined ? {} : { reason: reason.slice(0, LONGEST_REASON) };
    tie.say({ type: "engine-ended", id, certain, ...said });
  }

  #tellEnd({ node, rank, isBeingEnded }: ControllerEngine, { certain, reason }: ProcessEnd): void {
    if (isBeingEnded || this.#parting) return;
    if (rank === undefined) this.#say(`no engine on ${node}: ${reason ?? "it ended before it joined the run"}`);
    else if (!certain)
      this.#say(`engine ${rank} on ${node} goes on out of sight: ${reason ?? "nothing is heard of it"}`);
    else if (reason !== undefined) this.#say(`engine ${rank} on ${node} has ended: ${reason}`);
  }

  #noteOver(id: string): void {
    const { launcher } = this.#options;
    const engine = this.#engines.get(id);
    const node = engine === undefined ? undefined : launcher.context.nodes[engine.place];
    if (engine === undefined || node === undefined) return;
    engine.isSettled = true;
    engine.noteOver();
    launcher.over?.(engine.process, node);
  }

  #noteJoined(id: string, rank: number, slots: number): void {
    const engine = this.#engines.get(id);
    if (engine === undefined) return;
    engine.rank = rank;
    this.#say(`engine ${rank} on ${engine.node} joined with ${plural(slots, "slot")}`);
  }

  #noteLost({ refusal, failure }: Closing): void {
    const { afterItsDeath } = this.#options;
    const advice = `its engines wait for it until their lease ends; if its driver has died, ${afterItsDeath()}`;
    this.#say(`contact with the run is lost: ${refusal ?? failure}; ${advice}`);
    // Nobody is there to want others.
    for (const engine of this.#engines.values()) if (engine.end !== undefined) engine.noteOver();
  }

  #noteFound(): void {
    this.#say("contact with the run is made again");
    for (const engine of this.#engines.values()) if (engine.end !== undefined) this.#reportEnd(engine, engine.end);
  }

  #stop(): void {
    this.#isStopping = true;
    const asked = this.#options.tie.ask({ type: "stop-context", label: this.#label }, "done");
    asked.catch((error: unknown) => this.#explain(error));
  }

  #startNoMore(): void {
    this.#ending = true;
    for (const engine of this.#engines.values()) engine.noteOver();
  }

  #endAll(): void {
    for (const id of this.#engines.keys()) this.#end(id);
  }

  /** Nobody else can tell the driver that nothing is left of these engines; without that it waits for their leases to end. */
  async #confirmEnds(): Promise<void> {
    const { tie } = this.#options;
    if (tie.runHasEnded || tie.isLost) return;
    for (const { id, isSettled, isBeingEnded, hasLeft } of this.#engines.values()) {
      if (!isSettled && !isBeingEnded && !hasLeft) this.#end(id);
    }
    await Promise.all(this.#endings);
  }

  #end(id: string): void {
    this.#endings.push(this.#endAndTell(id));
  }

  async #endAndTell(id: string): Promise<void> {
    const certain = (await this.#engines.get(id)?.kill()) ?? false;
    this.#options.tie.say({ type: "engine-killed", id, certain });
  }

  #sumUp(): boolean {
    const { tie, launcher } = this.#options;
    const joined = [...this.#engines.values()].filter(({ rank }) => rank !== undefined);
    const missing = launcher.context.nodes.length - new Set(joined.map(({ place }) => place)).size;
    const end = tie.runHasEnded
      ? `the run has ended; context ${this.#label} had`
      : `context ${this.#label} has ended; it had`;
    const without = missing > 0 ? `, and ${plural(missing, "host")} did not get one` : "";
    this.#say(`${end} ${plural(joined.length, "engine")}${without}`);
    return joined.length > 0 || tie.runHasEnded;
  }

  /** That the run is over is said in another place. */
  #explain(error: unknown): void {
    if (!(error instanceof UserError)) throw error;
    if (error.code !== "run-ended" && error.code !== "connection-lost") this.#say(error.message);
  }

  #say(message: string): void {
    this.#options.say(message);
  }
}

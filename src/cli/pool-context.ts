import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { type CallsFrom, type EngineProcess, type Invitation, type Launcher, REASON_MS } from "../domain/launcher.ts";
import { within } from "../domain/time-limit.ts";
import { plural } from "../reporters/text.ts";
import type { Closing } from "../wire/connection.ts";
import type { DriverAnswer } from "../wire/control-messages.ts";
import type { DriverLine, Notice } from "./pool-line.ts";

/** Engines have this long to go by themselves when their run has ended, or cannot be heard any more. */
const FAREWELL_MS = 15_000;
/** The longest reason that the driver takes. */
const LONGEST_REASON = 4096;

export interface PoolContextOptions {
  /** The run, which has been told of the context. */
  readonly line: DriverLine;
  readonly launcher: Launcher;
  /** Whether this machine is the driver's. */
  readonly callsFrom: CallsFrom;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
  /** For how long engines may linger when the run is over, in milliseconds. */
  readonly farewellMs?: number;
}

/** An engine that this process has started. */
interface PoolEngine {
  readonly process: EngineProcess;
  /** Known when it has joined. */
  rank?: number;
  /** It is being ended; resolves when that is done. */
  ending?: Promise<boolean>;
  /** Its process need not be waited for any longer. */
  forget: () => void;
}

type Invitations = Extract<DriverAnswer, { type: "invitations" }>;

/** A context that this process brings into a run: it starts the engines, speaks for them, and stays as long as they do. */
export class PoolContext {
  readonly #options: PoolContextOptions;
  readonly #engines = new Map<string, PoolEngine>();
  /** No more than a time of farewell is left. */
  #parting = false;

  constructor(options: PoolContextOptions) {
    this.#options = options;
  }

  /** Starts the engines; resolves when none of them is left. */
  async serve(): Promise<ExitCode> {
    const { line, launcher, farewellMs = FAREWELL_MS } = this.#options;
    const runEnded = new Promise<void>((resolve) => {
      line.listen((notice) => {
        this.#note(notice);
        if (line.runHasEnded) resolve();
      });
    });
    const allEnded = this.#start();
    const lost = line.closed.then((closing) => this.#noteLost(closing));
    await Promise.race([allEnded, runEnded, lost]);
    this.#parting = true;
    if (!(await within(farewellMs, allEnded))) this.#endAll();
    await allEnded;
    await line.close();
    return this.#sumUp(launcher.context.label);
  }

  /** What runs may finish, and then it ends; when the run is over there is nothing to finish. */
  drain(): void {
    const { label } = this.#options.launcher.context;
    if (this.#parting) return this.terminate();
    this.#say(`context ${label} is being stopped: what runs may finish (once more ends it)`);
    this.#options.line.ask({ type: "stop-context", label }, "done").catch((error: unknown) => this.#explain(error));
  }

  /** Ends the engines, and what runs on them. */
  terminate(): void {
    this.#say("ending the engines, and what runs on them");
    this.#endAll();
  }

  /** Resolves when all engines have ended. @throws UserError when they cannot be started. */
  #start(): Promise<unknown> {
    const { line, launcher, callsFrom } = this.#options;
    let settle: (invitations: Promise<Invitations>) => void = () => undefined;
    const invitations = new Promise<Invitations>((resolve) => (settle = resolve));
    invitations.catch(() => undefined);
    try {
      const processes = launcher.launch(async (from) => invitationFor(from, callsFrom, await invitations));
      const elsewhere =
        callsFrom === "elsewhere" || launcher.context.nodes.some((node) => node.destination !== undefined);
      const engines = processes.map(({ id, node, slots }) => ({ id, node, slots }));
      const asked = line.ask({ type: "engines-started", engines, elsewhere }, "invitations");
      asked.catch((error: unknown) => this.#explain(error));
      settle(asked);
      return Promise.all(processes.map((process) => this.#watch(process)));
    } catch (error) {
      // Those that have been started hear that they are not wanted.
      settle(Promise.reject(error));
      throw error;
    }
  }

  async #watch(process: EngineProcess): Promise<void> {
    const engine: PoolEngine = { process, forget: () => undefined };
    const forgotten = new Promise<undefined>((resolve) => (engine.forget = () => resolve(undefined)));
    this.#engines.set(process.id, engine);
    const reason = await Promise.race([process.ended, forgotten]);
    // Its tasks may outlive it.
    const certain = (await engine.ending) ?? true;
    this.#tellEnd(engine, reason);
    const said = reason === undefined ? {} : { reason: reason.slice(0, LONGEST_REASON) };
    this.#options.line.say({ type: "engine-ended", id: process.id, certain, ...said });
  }

  #tellEnd({ process, rank, ending }: PoolEngine, reason: string | undefined): void {
    if (ending !== undefined || this.#parting) return;
    if (rank === undefined) this.#say(`no engine on ${process.node}: ${reason ?? "it ended before it joined the run"}`);
    else if (reason !== undefined) this.#say(`engine ${rank} on ${process.node} has ended: ${reason}`);
  }

  #note(notice: Notice): void {
    switch (notice.type) {
      case "engine-joined":
        return this.#noteJoined(notice.id, notice.rank, notice.slots);
      case "end-engine":
        return this.#end(this.#engines.get(notice.id));
      case "run-ended":
        return;
      default:
        return notice satisfies never;
    }
  }

  #noteLost({ refusal, failure }: Closing): void {
    // It is hung up on when all have ended.
    if (!this.#options.line.runHasEnded && !this.#parting)
      this.#say(`contact with the run is lost: ${refusal ?? failure}`);
  }

  #noteJoined(id: string, rank: number, slots: number): void {
    const engine = this.#engines.get(id);
    if (engine === undefined) return;
    engine.rank = rank;
    this.#say(`engine ${rank} on ${engine.process.node} joined with ${plural(slots, "slot")}`);
  }

  #endAll(): void {
    for (const engine of this.#engines.values()) this.#end(engine);
  }

  #end(engine: PoolEngine | undefined): void {
    if (engine === undefined || engine.ending !== undefined) return;
    engine.ending = engine.process.kill();
    void this.#forgetLater(engine, engine.ending);
  }

  async #forgetLater({ process, forget }: PoolEngine, ending: Promise<unknown>): Promise<void> {
    await ending;
    if (!(await within(REASON_MS, process.ended))) forget();
  }

  #sumUp(label: string): ExitCode {
    const engines = [...this.#engines.values()];
    const joined = engines.filter(({ rank }) => rank !== undefined).length;
    const missing = engines.length - joined;
    const end = this.#options.line.runHasEnded
      ? `the run has ended; context ${label} had`
      : `context ${label} has ended; it had`;
    this.#say(
      `${end} ${plural(joined, "engine")}${missing > 0 ? `, and ${plural(missing, "host")} did not get one` : ""}`,
    );
    return joined > 0 || this.#options.line.runHasEnded ? EXIT.done : EXIT.unfinished;
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

/** What is good on the driver's machine is good there alone. @throws Error when the run cannot be called from there. */
function invitationFor(from: CallsFrom, thisMachine: CallsFrom, { here, elsewhere }: Invitations): Invitation {
  const invitation = from === "here" && thisMachine === "here" ? here : elsewhere;
  if (invitation === undefined) throw new Error("the run takes no calls from other hosts");
  return invitation;
}

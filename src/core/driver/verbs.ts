import { type Done, type Refusal, Refused } from "../../domain/control.ts";
import type { Context } from "../../domain/engine.ts";
import type { CallsFrom, Invitation } from "../../domain/launcher.ts";
import { UserError } from "../../domain/errors.ts";
import type { RunResults } from "../../domain/run-results.ts";
import type { GrowingList, Submission } from "../../domain/source.ts";
import type { Snapshot } from "../../domain/snapshot.ts";
import { messageOf } from "../../domain/system-error.ts";
import type { RunInquiries } from "../../domain/watch.ts";
import type { ContextName } from "../../wire/control-messages.ts";
import type { RemoteContext } from "../pool/remote-context.ts";
import type { Chronicle } from "./chronicle.ts";
import type { ContextDefaults, DriverOptions } from "./options.ts";
import type { OutputIntake } from "./output-intake.ts";
import type { RunLoop } from "./run-loop.ts";

/** The status is no older than this: however often it is asked for, it is not worked out more often. */
const STATUS_MS = 100;

export type VerbsOptions = Pick<
  DriverOptions,
  "contextDefaults" | "snapshot" | "watch" | "results" | "list" | "drainTimeout" | "grace"
>;

/** What somebody may ask of a run that goes on. Whatever is not done is thrown as `Refused`. */
export class Verbs {
  readonly #options: VerbsOptions;
  readonly #loop: RunLoop;
  readonly #chronicle: Chronicle;
  #status: { readonly snapshot: Snapshot; readonly at: number } | undefined;

  constructor(options: VerbsOptions, loop: RunLoop, chronicle: Chronicle) {
    this.#options = options;
    this.#loop = loop;
    this.#chronicle = chronicle;
  }

  /** What a context of the run has to know. */
  get welcome(): ContextDefaults {
    return this.#options.contextDefaults;
  }

  /** What may be asked of the run. */
  get inquiries(): RunInquiries {
    return this.#options.watch;
  }

  /** What came of tasks, and what comes. */
  get results(): RunResults {
    return this.#options.results;
  }

  /** Where running tasks can be followed. */
  get output(): Pick<OutputIntake, "follow" | "unfollow"> {
    return this.#loop.output;
  }

  /**
   * More tasks for the run.
   *
   * @param terms of these lines alone, in the words of task files.
   * @throws UserError `list-not-open`, `run-ending`, and as `GrowingList` does; `record-failed` when they cannot be kept.
   */
  submit(lines: string, terms?: string): Submission {
    const list = this.#openList();
    if (!list.isEnded && this.#loop.isEnding)
      throw new UserError("run-ending", "the run is ending and takes no more tasks");
    return this.#kept(() => list.submit(lines, { terms }));
  }

  /** No more tasks are to come. @throws UserError `list-not-open`; `record-failed` when that cannot be kept. */
  endList(): void {
    const list = this.#openList();
    this.#kept(() => list.end());
  }

  #openList(): GrowingList {
    const { list } = this.#options;
    if (list !== undefined) return list;
    const advice = "it was begun without --keep-open; begin another run with it";
    throw new UserError("list-not-open", `this run takes no more tasks: ${advice}`);
  }

  /** What cannot be kept ends the run, as with its other records. @throws UserError `record-failed` then. */
  #kept<T>(change: () => T): T {
    try {
      return change();
    } catch (error) {
      this.#chronicle.commit();
      if (error instanceof UserError || this.#chronicle.failure === undefined) throw error;
      throw new UserError("record-failed", messageOf(error), { cause: error });
    }
  }

  status(): Snapshot {
    const at = performance.now();
    if (this.#status === undefined || at - this.#status.at > STATUS_MS) {
      this.#status = { snapshot: this.#options.snapshot(), at };
    }
    return this.#status.snapshot;
  }

  /**
   * The engine starts nothing more and leaves.
   *
   * @param within seconds that what runs may still take; as long as the run says when it is undefined.
   */
  stopEngine(rank: number, within: number | undefined): Done {
    if (!this.#stopEngine(rank, within)) throw new Refused({ code: "no-such-engine", rank });
    return { what: "engine-stops", rank, within };
  }

  /** The same for all engines of a context. */
  stopContext(label: string, within: number | undefined): Done {
    const ranks = this.#loop.pool.stopContext(label);
    if (ranks === undefined) throw new Refused({ code: "no-such-context", label });
    this.#chronicle.tellNow({ type: "context-stopped", label });
    // Of its engines nothing has to be told one by one.
    for (const rank of ranks)
      this.#loop.apply(this.#loop.scheduler.stopEngine(rank, within ?? this.#options.drainTimeout));
    return { what: "context-stops", label, within };
  }

  /** A task that an engine holds, or that waits for its next try, is ended, or not started; it has failed, and is not run again. */
  async stopTask(id: number): Promise<Done> {
    const { scheduler, isOver } = this.#loop;
    const engine = isOver ? undefined : (scheduler.holderOf(id) ?? scheduler.lastEngineOf(id));
    if (engine === undefined) throw new Refused(await this.#whyNotStopped(id));
    // That it is not started again has to be on record before anybody is told so.
    if (!scheduler.isStopped(id)) this.#chronicle.tellNow({ type: "task-stopping", taskId: id, engine });
    this.#chronicle.commit();
    this.#loop.apply(scheduler.stopTask(id));
    return { what: "task-stops", id };
  }

  async #whyNotStopped(id: number): Promise<Refusal> {
    const detail = await this.#options.watch.task(id).catch(() => undefined);
    switch (detail?.row.state) {
      case undefined:
        return { code: "no-such-task", id };
      case "succeeded":
      case "failed":
      case "skipped":
        return { code: "task-settled", id };
      default:
        return { code: "task-not-held", id };
    }
  }

  /** Drains the run. @param kill whether what runs is ended, too: where nothing is said, if the run is ending already. */
  stopRun(kill = this.#loop.isEnding): Done {
    if (kill) {
      this.#loop.terminate("stopped", this.#options.grace);
      return { what: "run-terminates" };
    }
    if (!this.#loop.isEnding) this.#loop.drain("stopped");
    return { what: "run-drains" };
  }

  /** Takes note of a context. @returns it, with its name; nobody speaks for it yet. */
  addContext(request: Omit<Context, "label">, { label, stem }: ContextName): RemoteContext {
    const { isEnding, pool } = this.#loop;
    if (isEnding) throw new Refused({ code: "run-ending" });
    const context = { ...request, label: label ?? pool.freeLabel(stem) };
    const remote = pool.addRemoteContext(context);
    this.#loop.noteContext(context, true);
    return remote;
  }

  /** Finds a context whose controller has gone. */
  keepContext(label: string): RemoteContext {
    const context = this.#loop.pool.remoteContext(label);
    if (context === undefined) throw new Refused({ code: "no-such-context", label });
    return context;
  }

  /** Starts the engines of a context that has been added. */
  launch(context: RemoteContext): void {
    this.#loop.launch([context]);
  }

  /** What engines need to call that a controller starts. */
  async invite(from: CallsFrom): Promise<Invitation> {
    try {
      return await this.#loop.pool.invite(from);
    } catch (error) {
      throw new Refused({ code: "cannot-listen", cause: messageOf(error) });
    }
  }

  #stopEngine(rank: number, within = this.#options.drainTimeout): boolean {
    if (this.#loop.pool.engine(rank) === undefined) return false;
    this.#loop.stopEngine(rank, within);
    return true;
  }
}

import { UserError } from "../../domain/errors.ts";
import type { FinishedTask } from "../../domain/finished-task.ts";
import { IdSet } from "../../domain/id-set.ts";
import type { IdRange, RunResults } from "../../domain/run-results.ts";
import { sizeOf, tidyRanges, wantsId } from "../../domain/id-ranges.ts";
import type { DriverAnswer } from "../../wire/control-messages.ts";
import { noAnswer } from "./inquiries.ts";

/** Whoever waits. */
interface Waiting {
  /** Bytes that have been sent and not read, as far as is known. */
  readonly pendingBytes: number;
  send(answer: DriverAnswer): void;
}

/** Bytes. Whoever leaves more unread is told of nothing else before it has been read. */
const ENOUGH_UNREAD = 1 << 20;
/** Whether that has been read is looked at so often, in milliseconds. */
const LOOK_MS = 20;
/** Tasks that are looked up at once. */
const AT_ONCE = 64;
/** Ids that are looked at before anybody else has a turn. */
const LOOKED_AT = 1 << 16;
/** Characters of a command; what is longer is cut, lest no message holds it. */
const LONGEST_COMMAND = 16 << 20;

/**
 * Somebody who waits for tasks. What has finished is looked up in the records, at the pace of whoever reads it; of what finishes later
 * only ids are kept while that takes. It costs nothing while nothing finishes.
 */
export class Wait {
  readonly #number: number;
  /** In order and apart; undefined when all are waited for, until the run ends. */
  readonly #ranges: readonly IdRange[] | undefined;
  /** How many those are. */
  readonly #wanted: number;
  readonly #results: RunResults;
  readonly #waiting: Waiting;
  readonly #ended: () => void;
  /** What has been told, or is about to be. */
  readonly #told = new IdSet();
  /** What has finished and is told of in the same turn. */
  #fresh: FinishedTask[] = [];
  /** Ids that are to be looked up. */
  #owed: number[] = [];
  #isCatchingUp = false;
  /** Ids of what had finished before anybody listened, a few at a time. */
  readonly #before = this.#finishedBefore();
  #isOver = false;
  #stopListening: () => void = () => undefined;

  /** @param ended called once, when nothing more is told. */
  constructor(
    number: number,
    ranges: readonly IdRange[] | undefined,
    results: RunResults,
    waiting: Waiting,
    ended: () => void,
  ) {
    this.#number = number;
    this.#ranges = ranges === undefined ? undefined : tidyRanges(ranges);
    this.#wanted = this.#ranges === undefined ? Number.POSITIVE_INFINITY : sizeOf(this.#ranges);
    this.#results = results;
    this.#waiting = waiting;
    this.#ended = ended;
  }

  begin(): void {
    const { idsEnd } = this.#results;
    const last = this.#ranges?.at(-1)?.to ?? -1;
    if (idsEnd !== undefined && last >= idsEnd) {
      const there = idsEnd === 0 ? "it has no tasks so far" : `its last one so far is ${idsEnd - 1}`;
      this.#waiting.send(
        noAnswer(this.#number, new UserError("unknown-task", `the run has no task ${last}: ${there}`)),
      );
      return this.end();
    }
    this.#stopListening = this.#results.listen((finished) => this.#note(finished));
    void this.#catchUp();
  }

  /** Tells of nothing more. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopListening();
    this.#ended();
  }

  #wants(id: number): boolean {
    return !this.#told.has(id) && (this.#ranges === undefined || wantsId(this.#ranges, id));
  }

  #note(finished: FinishedTask): void {
    const { id } = finished;
    if (!this.#wants(id)) return;
    this.#told.add(id);
    if (this.#isCatchingUp || this.#waiting.pendingBytes > ENOUGH_UNREAD) {
      this.#owed.push(id);
      void this.#catchUp();
      return;
    }
    if (this.#fresh.push(finished) === 1) queueMicrotask(() => this.#tellFresh());
  }

  #tellFresh(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#tell(fresh);
    this.#endWhenComplete();
  }

  /** Looks up what has finished before anybody listened, and what has come since. */
  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      while (!this.#isOver) {
        const ids = this.#owed.length > 0 ? this.#owed.splice(0, AT_ONCE) : this.#before.next().value;
        if (ids === undefined) break;
        const found = await this.#results.finished(ids);
        this.#tell(ids.flatMap((id) => found.get(id) ?? []));
        await this.#untilRead();
      }
    } catch (error) {
      this.#waiting.send(noAnswer(this.#number, error));
      return this.end();
    }
    this.#isCatchingUp = false;
    this.#endWhenComplete();
  }

  /** Ids of what is on record, a few at a time; also none, so that others have a turn. */
  *#finishedBefore(): Generator<number[], undefined, void> {
    const { knownEnd } = this.#results;
    let ids: number[] = [];
    let looked = 0;
    for (const { from, to } of this.#ranges ?? [{ from: 0, to: knownEnd - 1 }]) {
      for (let id = from; id <= to && id < knownEnd; id++) {
        if (this.#wants(id) && this.#results.isFinished(id)) {
          this.#told.add(id);
          ids.push(id);
        }
        if (ids.length < AT_ONCE && ++looked % LOOKED_AT !== 0) continue;
        yield ids;
        ids = [];
      }
    }
    yield ids;
    return undefined;
  }

  async #untilRead(): Promise<void> {
    do await new Promise((resolve) => setTimeout(resolve, this.#waiting.pendingBytes > ENOUGH_UNREAD ? LOOK_MS : 0));
    while (!this.#isOver && this.#waiting.pendingBytes > ENOUGH_UNREAD);
  }

  #tell(tasks: readonly FinishedTask[]): void {
    if (tasks.length === 0 || this.#isOver) return;
    // Long ones each in a message of its own.
    const [long, short] = [tasks.filter(isLong), tasks.filter((task) => !isLong(task))];
    for (const some of [short, ...long.map((task) => [cut(task)])]) {
      if (some.length > 0) this.#waiting.send({ type: "finished", number: this.#number, tasks: some });
    }
  }

  #endWhenComplete(): void {
    const isComplete = this.#told.size >= this.#wanted && this.#owed.length === 0 && this.#fresh.length === 0;
    if (!isComplete || this.#isCatchingUp || this.#isOver) return;
    this.#waiting.send({ type: "all-finished", number: this.#number });
    this.end();
  }
}

function isLong({ command }: FinishedTask): boolean {
  return command.length > ENOUGH_UNREAD / AT_ONCE;
}

function cut(task: FinishedTask): FinishedTask {
  const { command } = task;
  return command.length <= LONGEST_COMMAND ? task : { ...task, command: `${command.slice(0, LONGEST_COMMAND)}…` };
}

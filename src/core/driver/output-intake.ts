import { tidyRanges, wantsId } from "../../domain/id-ranges.ts";
import type { OutputKeeper } from "../../domain/output.ts";
import type { IdRange } from "../../domain/run-results.ts";
import type { DriverMessage, EngineMessage } from "../../wire/messages.ts";
import type { EngineHandle } from "../pool/engine-handle.ts";

export type OutputMessage = Extract<EngineMessage, { type: "output" }>;

/** Somebody who follows what running tasks print. */
export interface OutputFollower {
  /** The tasks; all when it is missing. */
  readonly ids: readonly IdRange[] | undefined;
  /** Told of each block with something of these tasks, and perhaps of others. */
  tell(block: Pick<OutputMessage, "pieces" | "data">): void;
}

/** What has arrived of an engine. */
interface Arrived {
  newest: number;
  /** What has arrived and is not safe yet. */
  readonly open: Set<number>;
}

/** Takes what engines send of the output of their tasks, and hands it to the keeper, or to those who follow. */
export class OutputIntake {
  readonly #keeper: OutputKeeper | undefined;
  readonly #engines: () => Iterable<EngineHandle>;
  readonly #arrived = new Map<EngineHandle, Arrived>();
  readonly #followers = new Set<OutputFollower>();

  /**
   * @param keeper of what is kept; without one nothing is.
   * @param engines that are in the run.
   */
  constructor(keeper: OutputKeeper | undefined, engines: () => Iterable<EngineHandle>) {
    this.#keeper = keeper;
    this.#engines = engines;
  }

  /** Takes a block. What has arrived before is only acknowledged again. */
  take(engine: EngineHandle, { number, live, pieces, data }: OutputMessage): void {
    const arrived = this.#arrivedOf(engine);
    if (number <= arrived.newest) {
      if (!arrived.open.has(number)) engine.send({ type: "output-taken", number });
      return;
    }
    arrived.newest = number;
    if (live || this.#keeper === undefined) {
      engine.send({ type: "output-taken", number });
      if (live) this.#tell({ pieces, data });
      return;
    }
    arrived.open.add(number);
    this.#keeper.keep({ pieces, data: Buffer.from(data, "base64") }, () => {
      arrived.open.delete(number);
      engine.send({ type: "output-taken", number });
    });
  }

  /** The engine has joined, or has called again: it may not know who follows. */
  greet(engine: EngineHandle): void {
    if (this.#followers.size > 0) engine.send(this.#wanted());
  }

  /** The engine is gone. */
  forget(engine: EngineHandle): void {
    this.#arrived.delete(engine);
  }

  follow(follower: OutputFollower): void {
    this.#followers.add(follower);
    this.#tellEngines();
  }

  unfollow(follower: OutputFollower): void {
    if (this.#followers.delete(follower)) this.#tellEngines();
  }

  #arrivedOf(engine: EngineHandle): Arrived {
    let arrived = this.#arrived.get(engine);
    if (arrived === undefined) this.#arrived.set(engine, (arrived = { newest: 0, open: new Set() }));
    return arrived;
  }

  #tell(block: Pick<OutputMessage, "pieces" | "data">): void {
    for (const follower of this.#followers) {
      const { ids } = follower;
      if (ids === undefined || block.pieces.some(({ taskId }) => wantsId(ids, taskId))) follower.tell(block);
    }
  }

  #tellEngines(): void {
    const message = this.#wanted();
    for (const engine of this.#engines()) engine.send(message);
  }

  #wanted(): DriverMessage {
    const followers = [...this.#followers];
    const ids = followers.flatMap((follower) => follower.ids ?? []);
    const isAll = followers.some((follower) => follower.ids === undefined);
    return { type: "follow-output", on: followers.length > 0, ids: isAll ? undefined : tidyRanges(ids) };
  }
}

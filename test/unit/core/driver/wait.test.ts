import { describe, expect, test } from "vitest";
import { Wait } from "../../../../src/core/driver/wait.ts";
import type { FinishedTask } from "../../../../src/domain/finished-task.ts";
import type { IdRange, RunResults } from "../../../../src/domain/run-results.ts";
import type { DriverAnswer } from "../../../../src/wire/control-messages.ts";
import { finishedTask } from "../../../support/finished-task.ts";
import { until } from "../../../support/until.ts";

/** A run of ten tasks, of which the first have finished, and somebody who waits for some of them. */
class WaitedRun implements RunResults {
  readonly idsEnd = 10;
  readonly listeners = new Set<(finished: FinishedTask) => void>();
  readonly answers: DriverAnswer[] = [];
  readonly done = new Set<number>();
  pendingBytes = 0;
  ends = 0;

  constructor(done: readonly number[]) {
    for (const id of done) this.done.add(id);
  }

  get knownEnd(): number {
    return Math.max(-1, ...this.done) + 1;
  }

  isFinished(id: number): boolean {
    return this.done.has(id);
  }

  finished(ids: readonly number[]): Promise<ReadonlyMap<number, FinishedTask>> {
    return Promise.resolve(new Map(ids.map((id) => [id, finishedTask(id)])));
  }

  listen(listener: (finished: FinishedTask) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  finish(id: number): void {
    this.done.add(id);
    for (const listener of this.listeners) listener(finishedTask(id));
  }

  wait(ids: readonly IdRange[] | undefined): Wait {
    const wait = new Wait(7, ids, this, this.#waiting(), () => void this.ends++);
    wait.begin();
    return wait;
  }

  get told(): number[] {
    return this.answers.flatMap((answer) => (answer.type === "finished" ? answer.tasks.map(({ id }) => id) : []));
  }

  #waiting(): ConstructorParameters<typeof Wait>[3] {
    const pending = (): number => this.pendingBytes;
    return {
      send: (answer) => void this.answers.push(answer),
      get pendingBytes() {
        return pending();
      },
    };
  }
}

function hasEnded(run: WaitedRun): Promise<void> {
  return until(
    () => run.ends > 0,
    () => "everything was told",
  );
}

describe("somebody who waits for tasks", () => {
  test("is told of those that have finished, then of others as they finish, and that this is all", async () => {
    const run = new WaitedRun([0, 2, 5]);
    run.wait([
      { from: 5, to: 6 },
      { from: 0, to: 1 },
    ]);
    run.finish(6);
    run.finish(7);
    await until(
      () => run.told.length === 3,
      () => `other tasks than ${run.told.join()}`,
    );
    expect(run.ends).toBe(0);
    run.finish(1);
    await hasEnded(run);
    expect(run.told.toSorted((x, y) => x - y)).toEqual([0, 1, 5, 6]);
    expect(run.answers.at(-1)).toEqual({ type: "all-finished", number: 7 });
    expect([run.ends, run.listeners.size]).toEqual([1, 0]);
  });

  test("is refused when there is no such task, and holds nothing", () => {
    const run = new WaitedRun([]);
    run.wait([{ from: 9, to: 10 }]);
    expect(run.answers).toMatchObject([{ type: "no-answer", number: 7, code: "unknown-task" }]);
    expect([run.ends, run.listeners.size]).toEqual([1, 0]);
  });

  test("is told of everything until somebody ends that", async () => {
    const run = new WaitedRun([0]);
    const wait = run.wait(undefined);
    run.finish(3);
    await until(
      () => run.told.length === 2,
      () => `other tasks than ${run.told.join()}`,
    );
    run.finish(4);
    // Right away, or after what is just being looked up.
    await until(
      () => run.told.length === 3,
      () => `other tasks than ${run.told.join()}`,
    );
    expect(run.told).toEqual([0, 3, 4]);
    wait.end();
    run.finish(5);
    expect([run.told.length, run.ends, run.listeners.size]).toEqual([3, 1, 0]);
  });

  test("is told of nothing more before it has read, and of everything then", async () => {
    const run = new WaitedRun([]);
    run.wait([{ from: 0, to: 9 }]);
    await until(
      () => run.listeners.size === 1,
      () => "it is waited for",
    );
    run.pendingBytes = 1 << 30;
    for (let id = 0; id < 5; id++) run.finish(id);
    await new Promise((resolve) => setImmediate(resolve));
    const first = run.told.length;
    for (let id = 5; id < 10; id++) run.finish(id);
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.told).toHaveLength(first);
    expect(run.ends).toBe(0);
    run.pendingBytes = 0;
    await hasEnded(run);
    expect(run.told.toSorted((x, y) => x - y)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

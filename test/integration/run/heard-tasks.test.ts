import { describe, expect, onTestFinished, test } from "vitest";
import { exited } from "../../../src/domain/ending.ts";
import { UserError } from "../../../src/domain/errors.ts";
import type { TaskSource } from "../../../src/domain/source.ts";
import type { Task } from "../../../src/domain/task.ts";
import { termsOfText } from "../../../src/domain/terms/task-terms.ts";
import { ControlledTasks } from "../../support/controlled-tasks.ts";
import { until } from "../../support/until.ts";
import { beginRunOf, OwnSource, taskOf } from "./source-run.ts";

const HEARD = { env: {}, isHeard: true } as const;

/** What a source has heard, by task and attempt, and of what. */
class Listener {
  readonly calls: string[] = [];
  readonly text = new Map<string, string>();
  bytes = 0;
  /** May throw, or say how much is safe. */
  on: NonNullable<TaskSource["printed"]> = (_task, _attempt, offset, bytes) => offset + bytes.length;

  readonly printed: NonNullable<TaskSource["printed"]> = (task, attempt, offset, bytes) => {
    const key = `${task.id}.${attempt}`;
    const before = this.text.get(key) ?? "";
    if (offset !== before.length) throw new Error(`${key}: ${offset} comes after ${before.length}`);
    this.calls.push(bytes.length === 0 ? `${key} all` : `${key} more`);
    this.bytes += bytes.length;
    this.text.set(key, before + Buffer.from(bytes).toString("latin1"));
    return this.on(task, attempt, offset, bytes);
  };

  readonly settled = (task: Task): void => void this.calls.push(`${task.id} settled`);
  readonly retrying = (task: Task): void => void this.calls.push(`${task.id} retrying`);
  readonly assigned = (task: Task): void => void this.calls.push(`${task.id} assigned`);
}

describe("what a heard task prints", () => {
  test("comes while it runs, all of it, in order and before its outcome; and of others nothing does", async () => {
    const tasks = await ControlledTasks.listen();
    onTestFinished(() => tasks.close());
    const listener = new Listener();
    const { run } = await beginRunOf(
      new OwnSource([taskOf(0, tasks.line("a"), { setting: HEARD }), taskOf(1, "echo unheard")], listener),
    );
    const task = await tasks.started("a");
    await task.run("echo first");
    await until(
      () => listener.text.get("0.1") === "first\n",
      () => "the first line",
    );
    await task.run("printf half");
    await task.exit(0);
    await run.outcome;
    expect([...listener.text]).toEqual([["0.1", "first\nhalf"]]);
    expect(listener.calls.filter((call) => call.startsWith("0"))).toEqual([
      "0 assigned",
      ...["0.1 more", "0.1 more", "0.1 all", "0 settled"],
    ]);
  });

  test("comes whole where it is much, also from a program that leaves another one behind it", async () => {
    const listener = new Listener();
    const much = "seq 1 1000000; (sleep 5; echo late) & exit 0";
    const { run } = await beginRunOf(new OwnSource([taskOf(0, much, { setting: HEARD })], listener));
    const { counts } = await run.outcome;
    expect(counts.succeeded).toBe(1);
    const lines = Array.from({ length: 1_000_000 }, (_, i) => `${i + 1}\n`);
    expect(listener.text.get("0.1") === lines.join("")).toBe(true);
  });

  test("comes also where the task fails, of which the source hears no end, and of each try", async () => {
    const listener = new Listener();
    const terms = termsOfText("retries=1 retry-delay=0s");
    const { run } = await beginRunOf(
      new OwnSource([taskOf(0, "echo $DISBATCH_ATTEMPT; exit 3", { terms, setting: HEARD })], listener),
    );
    await run.outcome;
    expect(listener.calls).toEqual([
      ...["0 assigned", "0.1 more", "0 retrying"],
      ...["0 assigned", "0.2 more", "0 settled"],
    ]);
    expect([...listener.text.values()]).toEqual(["1\n", "2\n"]);
  });
});

describe("a source that has no use for what a task prints", () => {
  test("has it ended, and failed for the reason that it says", async () => {
    const listener = new Listener();
    listener.on = () => {
      throw new UserError("generator-refused", "line 2: not a date");
    };
    const { run, events } = await beginRunOf(
      new OwnSource([taskOf(0, "echo a; sleep 600", { setting: HEARD }), taskOf(1, "true")], listener),
    );
    const { counts } = await run.outcome;
    expect([counts.succeeded, counts.failed]).toEqual([1, 1]);
    const result = events.flatMap((event) =>
      event.type === "task-finished" && event.task.id === 0 ? event.result : [],
    );
    expect(result).toMatchObject([{ ending: exited(65), error: { snippet: "disbatch: line 2: not a date" } }]);
  });

  test("may say so when all has come, and has then not succeeded", async () => {
    const listener = new Listener();
    listener.on = (_task, _attempt, _offset, bytes) => {
      if (bytes.length === 0) throw new UserError("generator-refused", "it names no task");
      return 0;
    };
    const { run, events } = await beginRunOf(
      new OwnSource([taskOf(0, "echo nonsense; echo sorry >&2", { setting: HEARD })], listener),
      { output: "failed" },
    );
    const { counts } = await run.outcome;
    expect([counts.succeeded, counts.failed]).toEqual([0, 1]);
    const result = events.flatMap((event) => (event.type === "task-finished" ? event.result : []));
    expect(result).toMatchObject([
      {
        ending: exited(65),
        output: { snippet: "nonsense\n" },
        error: { snippet: "sorry\ndisbatch: it names no task" },
      },
    ]);
  });

  test("cuts off a task that prints without end", async () => {
    const listener = new Listener();
    listener.on = (_task, _attempt, offset, bytes) => {
      if (offset + bytes.length > 2 ** 20) throw new UserError("generator-refused", "more than 1 MiB");
      return 0;
    };
    const { run } = await beginRunOf(new OwnSource([taskOf(0, "yes", { setting: HEARD })], listener));
    const { counts } = await run.outcome;
    expect([counts.failed, listener.bytes <= 2 ** 20 + 64 * 1024]).toEqual([1, true]);
  });

  test("drains the run where it throws what is no error of the task's", async () => {
    const listener = new Listener();
    listener.on = () => {
      throw new Error("a bug");
    };
    const { run } = await beginRunOf(new OwnSource([taskOf(0, "echo a", { setting: HEARD })], listener));
    const { reason } = await run.outcome;
    expect(reason).toBe("source-failed");
  });
});

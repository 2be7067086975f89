import { describe, expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import type { TaskSource } from "../../../../src/domain/source.ts";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { engineOf, startRun, task } from "./driven-run.ts";
import type { PretendedEngine } from "./pretended-engine.ts";

/** A source of one task that takes note of what that prints. */
class OneTask implements TaskSource {
  readonly name = "Tasks";
  readonly heard: string[] = [];
  safe = 0;
  refuses: string | undefined;
  #left: readonly StreamItem[] = [{ ...task(0), setting: { env: {}, isHeard: true } }];

  next(): Promise<readonly StreamItem[]> {
    const items = this.#left;
    this.#left = [];
    return Promise.resolve(items);
  }

  printed(_task: unknown, attempt: number, offset: number, bytes: Uint8Array): number {
    const text = Buffer.from(bytes).toString();
    this.heard.push(`${attempt}: ${offset} ${text === "" ? "all" : text}`);
    if (text === this.refuses) throw new UserError("generator-refused", "no date");
    return this.safe;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function begun(): Promise<{ source: OneTask; engine: PretendedEngine; run: ReturnType<typeof startRun> }> {
  const source = new OneTask();
  const run = startRun([], { source });
  const engine = engineOf(run);
  await engine.join();
  await engine.assigned();
  return { source, engine, run };
}

function say(engine: PretendedEngine, from: number, text: string, end?: "well" | "ill", attempt = 1): void {
  engine.say({ type: "printed", taskId: 0, attempt, from, data: Buffer.from(text).toString("base64"), end });
}

describe("what a heard task prints", () => {
  test("is handed to the source in order, each byte once, and told to be safe when the source says so", async () => {
    const { source, engine, run } = await begun();
    say(engine, 0, "abc");
    expect(await engine.next("printed-taken")).toMatchObject({ received: 3, safe: 0, closed: false });
    source.safe = 2;
    engine.hangUp();
    await engine.closed;
    await engine.comeBack([0]);
    say(engine, 0, "abcde");
    expect(await engine.next("printed-taken")).toMatchObject({ received: 5, safe: 2, closed: false });
    say(engine, 5, "f", "well");
    expect(await engine.next("printed-taken")).toMatchObject({ received: 6, closed: true });
    say(engine, 5, "f", "well");
    await engine.next("printed-taken");
    engine.finish([0]);
    await engine.leave();
    await run.outcome;
    expect(source.heard).toEqual(["1: 0 abc", "1: 3 de", "1: 5 f", "1: 6 all"]);
  });

  test("has no end that the source hears of when the task has failed", async () => {
    const { source, engine, run } = await begun();
    say(engine, 0, "abc", "ill");
    expect(await engine.next("printed-taken")).toMatchObject({ closed: true });
    engine.finish([0], { ending: { type: "exited", code: 1 } });
    await engine.leave();
    await run.outcome;
    expect(source.heard).toEqual(["1: 0 abc"]);
  });

  test("is not handed over any more once the source has no use for it", async () => {
    const { source, engine, run } = await begun();
    source.refuses = "b";
    for (const [from, text] of ["a", "b", "c", "d"].entries()) say(engine, from, text);
    await engine.next("printed-taken");
    for (let i = 0; i < 3; i++) expect(await engine.next("printed-taken")).toMatchObject({ refused: "no date" });
    say(engine, 4, "", "well");
    expect(await engine.next("printed-taken")).toMatchObject({ refused: "no date" });
    engine.finish([0], { ending: { type: "exited", code: 65 } });
    await engine.leave();
    await run.outcome;
    expect(source.heard).toEqual(["1: 0 a", "1: 1 b"]);
  });

  test("is of no interest when the engine does not hold that attempt, which is closed for it", async () => {
    const { source, engine } = await begun();
    say(engine, 0, "abc", "well", 2);
    expect(await engine.next("printed-taken")).toMatchObject({ attempt: 2, received: 3, closed: true });
    expect(source.heard).toEqual([]);
  });

  test("may not have gaps: such an engine is hung up on", async () => {
    const { engine } = await begun();
    say(engine, 0, "abc");
    await engine.next("printed-taken");
    say(engine, 4, "e");
    await engine.closed;
    expect(engine.heard.filter(({ type }) => type === "printed-taken")).toHaveLength(1);
  });
});

import { afterEach, describe, expect, test, vi } from "vitest";
import { type LiveRun, paceOf, runFrom } from "../../../../src/page/api/live-run.ts";
import { type Answer, useAnswer } from "../../../../src/page/api/use-answer.ts";
import { HookStage } from "../../../support/hook-stage.ts";
import { runDocument } from "../../../support/web-fixture/fake-answers.ts";
import { fakeRuns } from "../../../support/web-fixture/fake-runs.ts";

const [fake] = fakeRuns(["live"]);
if (fake === undefined) throw new Error("the fixture has no live run");
const live = runFrom(runDocument(fake, true), 0);
const ended: LiveRun = { ...live, view: { ...live.view, phase: "ended" } };
const over: LiveRun = { ...ended, link: { state: "over" }, contact: { state: "closed" } };
const withoutServer: LiveRun = { ...live, contact: { state: "lost", since: 0 } };
const withoutDriver: LiveRun = { ...live, link: { state: "lost", since: 0, why: "", hasDied: true } };

describe("an answer of a run", () => {
  interface Given {
    readonly run: LiveRun;
    readonly path?: string;
  }
  let stage: HookStage<Given, Answer<number>>;
  afterEach(() => stage.close());

  /** How many questions there were after each of these. */
  async function questions(...given: readonly Given[]): Promise<number[]> {
    stage = new HookStage(({ run, path = "/task" }) => useAnswer<number>(path, {}, paceOf(run, 2)));
    const counts: number[] = [];
    for (const each of given) {
      await stage.show(each);
      await stage.asked.at(-1)?.answer(counts.length);
      counts.push(stage.asked.length);
    }
    return counts;
  }

  test("is asked for once more when the run has ended, and when its records are whole", async () => {
    expect(await questions({ run: live }, { run: ended }, { run: ended }, { run: over })).toEqual([1, 2, 2, 3]);
    expect(stage.result.data).toBe(3);
  });

  test("is asked for once where the run was over from the beginning", async () => {
    expect(await questions({ run: over }, { run: over })).toEqual([1, 1]);
  });

  test("is asked for once more when another run has ended under the prefix of one that was over", async () => {
    const again = { ...over, view: { ...over.view, ended: 9 } };
    expect(await questions({ run: over }, { run: again }, { run: again })).toEqual([1, 2, 2]);
  });

  test("is asked for once more when the driver is not heard of any more, and when it is again", async () => {
    expect(await questions({ run: live }, { run: withoutDriver }, { run: live })).toEqual([1, 2, 3]);
  });

  test("is not asked for while nobody would answer, and then when the run has ended meanwhile", async () => {
    expect(await questions({ run: live }, { run: withoutServer }, { run: live })).toEqual([1, 1, 1]);
    stage.close();
    expect(await questions({ run: live }, { run: withoutServer }, { run: over })).toEqual([1, 1, 2]);
  });

  /** The answer of a run that goes on, before it has come. */
  async function polled(): Promise<void> {
    stage = new HookStage(({ run, path = "/task" }) => useAnswer<number>(path, {}, paceOf(run, 2)));
    await stage.show({ run: live });
  }
  const pass = (milliseconds: number): Promise<void> => stage.pass(milliseconds);

  test("that takes longer than the pause is waited for, and the pause begins with it", async () => {
    await polled();
    await pass(7000);
    expect(stage.asked).toHaveLength(1);
    await stage.asked[0]?.answer(1);
    expect(stage.result.data).toBe(1);
    await pass(1900);
    expect(stage.asked).toHaveLength(1);
    await pass(100);
    expect(stage.asked).toHaveLength(2);
    await pass(5000);
    await stage.asked[1]?.fail();
    await pass(2000);
    expect(stage.asked).toHaveLength(3);
  });

  test("is asked for again after the clock was set back", async () => {
    await polled();
    await stage.asked[0]?.answer(1);
    vi.setSystemTime(Date.now() - 3_600_000);
    await pass(2000);
    expect(stage.asked).toHaveLength(2);
  });

  test("that does not come for minutes is given up, and asked for again", async () => {
    await polled();
    await pass(120_000);
    expect(stage.result.problem?.code).toBe("unreachable");
    await pass(2000);
    expect(stage.asked).toHaveLength(2);
  });

  test("is asked for once where the question becomes another one at the end", async () => {
    expect(await questions({ run: live }, { run: over, path: "/other" })).toEqual([1, 2]);
  });
});

test("a run is polled only while it is heard of and goes on", () => {
  const runs = [live, ended, over, withoutServer, withoutDriver];
  expect(runs.map((run) => paceOf(run, 2).every)).toEqual([2, undefined, undefined, undefined, undefined]);
});

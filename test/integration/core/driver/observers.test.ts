import { expect, test } from "vitest";
import type { RunObserver } from "../../../../src/domain/events.ts";
import { type DrivenRun, engineOf, startRun, task } from "./driven-run.ts";

/** Has the engine do both tasks, one after the other, and the run end well. */
async function finishBoth(run: DrivenRun): Promise<void> {
  const engine = engineOf(run);
  await engine.join();
  for (const id of [0, 1]) {
    expect(await engine.assigned()).toEqual([id]);
    engine.finish([id], {});
  }
  await engine.leave();
  expect(await run.outcome).toEqual({ reason: "done" });
  expect(run.reporter.finished).toEqual([0, 1]);
}

const other: () => RunObserver & { seen: string[] } = () => {
  const seen: string[] = [];
  return { name: "the other", seen, handle: (event) => void seen.push(event.type) };
};

test("an observer that throws is cut off, which records and other observers are told once, and the run goes on", async () => {
  let told = 0;
  const bad: RunObserver = {
    name: "the page",
    handle: (event) => {
      told++;
      if (event.type === "task-assigned") throw new Error("no such page");
    },
  };
  const good = other();
  const run = startRun([task(0), task(1)], { failFast: true, observers: [bad, good] });
  await finishBoth(run);
  const warnings = run.reporter.ofType("warning");
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("the page has failed")]);
  expect(good.seen.filter((type) => type === "warning")).toHaveLength(1);
  expect(good.seen).toEqual(run.reporter.events.map(({ type }) => type));
  expect(told).toBe(run.reporter.events.findIndex(({ type }) => type === "task-assigned") + 1);
});

test("an observer whose promise is rejected costs the run nothing, either", async () => {
  const bad: RunObserver = {
    name: "the mail",
    handle: (event) => (event.type === "engine-joined" ? Promise.reject(new Error("no server")) : undefined),
  };
  const run = startRun([task(0), task(1)], { failFast: true, observers: [bad] });
  await finishBoth(run);
  expect(run.reporter.ofType("warning").map(({ message }) => message)).toEqual([
    expect.stringContaining("the mail has failed"),
  ]);
});

test("an observer that never keeps its promises does not hold up the run", async () => {
  const run = startRun([task(0), task(1)], {
    failFast: true,
    observers: [{ name: "the web", handle: () => new Promise(() => undefined) }],
  });
  await finishBoth(run);
  expect(run.reporter.ofType("warning")).toEqual([]);
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamItem } from "../../../../src/domain/task.ts";
import { barrier, perEngine, sorted, task } from "./items.ts";
import { ModelRun, type ModelRunOptions } from "./model-run.ts";

/** Something that happens to an engine, or to the run, before one of the steps. */
const happenings = fc.array(
  fc.record({
    step: fc.nat({ max: 120 }),
    what: fc.constantFrom("cut", "cut", "cut", "hush", "lose", "stop", "add"),
    rank: fc.nat({ max: 4 }),
    lost: fc.record({ assignments: fc.nat({ max: 20 }), welcome: fc.boolean() }),
  }),
  { maxLength: 20 },
);
type Happening = (typeof happenings extends fc.Arbitrary<infer T> ? T : never)[number];

/** Tasks and barriers, with per-engine commands before them or not. */
const streams = fc
  .tuple(fc.boolean(), fc.array(fc.constantFrom("task", "task", "task", "task", "task", "barrier"), { maxLength: 50 }))
  .map(([commands, kinds]): StreamItem[] => [
    ...(commands ? [perEngine("start"), perEngine("stop")] : []),
    ...kinds.map((kind, id) => (kind === "task" ? task(id) : barrier(id))),
  ]);

const runs = fc.record({
  items: streams,
  engines: fc.array(
    fc.record({ slots: fc.integer({ min: 1, max: 4 }), quota: fc.constantFrom(5, 100, Number.POSITIVE_INFINITY) }),
    { minLength: 1, maxLength: 4 },
  ),
  elapsed: fc.constantFrom(0.001, 0.05, 10),
  choices: fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 60 }),
  crashLimit: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
});

const idsOf = (items: readonly StreamItem[]): number[] =>
  items.flatMap((item) => (item.kind === "task" ? [item.id] : []));

/** Has all that happen, and one more engine join whenever there is none left. */
function interferer(happening: readonly Happening[]): (run: ModelRun, step: number) => void {
  let awaited = 0;
  return (run, step) => {
    for (const { what, rank, lost } of happening.filter((one) => one.step === step)) {
      if (what === "cut") run.cut(rank, lost);
      else if (what === "hush") run.hush(rank);
      else if (what === "lose") run.lose(rank);
      else if (what === "stop") run.stop(rank);
      else run.add({ slots: 2 });
    }
    const asked = run.log.filter((entry) => entry === "await-engines").length;
    if (asked > awaited) run.add({ slots: 1 });
    awaited = asked;
  };
}

/** The model itself throws when a task is given out that somebody still has, or in an attempt that was used up. */
function runWith(options: Omit<ModelRunOptions, "failing">, happening: readonly Happening[]): ModelRun {
  const interfere = interferer(happening);
  return new ModelRun({ ...options, failing: new Set(), waitForEngines: true, interfere }).run();
}

describe("whatever engines fall silent, come back and are lost,", () => {
  test("the run ends, and every task has one outcome", () => {
    fc.assert(
      fc.property(runs, happenings, (options, happening) => {
        const run = runWith(options, happening);
        expect(run.end).toBe("done");
        expect(sorted(run.finished)).toEqual(idsOf(options.items));
      }),
      { numRuns: 1000 },
    );
  });

  test("no barrier is passed before everything ahead of it is done, and nothing behind it is given out before", () => {
    fc.assert(
      fc.property(runs, happenings, (options, happening) => {
        const { log } = runWith(options, happening);
        for (const [at, entry] of log.entries()) {
          const [what, id = ""] = entry.split(":");
          if (what !== "pass") continue;
          const before = idsOf(options.items).filter((one) => one < Number(id));
          const done = log.slice(0, at).filter((one) => one.startsWith("finish:"));
          expect(done.map((one) => Number(one.split(":")[1]))).toEqual(expect.arrayContaining(before));
          expect(done).toHaveLength(before.length);
          const given = log.slice(0, at).filter((one) => one.startsWith("assign:"));
          expect(given.every((one) => Number(one.split(":")[1]) < Number(id))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("only tasks of engines that died are given up, and none before the limit", () => {
    fc.assert(
      fc.property(runs, happenings, (options, happening) => {
        const { log } = runWith(options, happening);
        const givenUp = log.filter((entry) => entry.startsWith("give-up:"));
        const lost = log.filter((entry) => entry.startsWith("lost:"));
        expect(lost.length >= options.crashLimit || givenUp.length === 0).toBe(true);
        for (const entry of givenUp) {
          const starts = log.filter((one) => one === entry.replace("give-up", "assign"));
          expect(starts.length).toBeGreaterThanOrEqual(options.crashLimit);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a run that is drained or terminated at any moment ends, and gives nothing out after that", () => {
    const how = fc.record({ step: fc.nat({ max: 100 }), terminate: fc.boolean() });
    fc.assert(
      fc.property(runs, happenings, how, (options, happening, { step: when, terminate }) => {
        const interfere = interferer(happening);
        let from = Number.POSITIVE_INFINITY;
        const run = new ModelRun({
          ...{ ...options, failing: new Set<number>(), waitForEngines: true },
          interfere: (model, step) => {
            interfere(model, step);
            if (step !== when || model.end !== undefined) return;
            from = model.log.length;
            const { scheduler } = model;
            model.apply(terminate ? scheduler.terminate("terminated") : scheduler.drain("interrupted"));
          },
        }).run();
        expect(run.engines.size).toBe(0);
        expect(run.log.slice(from).filter((entry) => entry.startsWith("assign:"))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { POINTS, RunSeries } from "../../../../src/records/state/series.ts";

const START = 1_700_000_040;

function sum(values: readonly number[] = []): number {
  return values.reduce((total, value) => total + value, 0);
}

describe("what happens over time", () => {
  test("stands in the step of its time, the newest last", () => {
    const series = new RunSeries();
    series.change(START, 0, 4);
    series.settled(START + 0.5, true);
    series.settled(START + 2.5, true);
    series.settled(START + 2.6, false);
    const [seconds, tens] = series.at(START + 3.2);
    expect(seconds).toMatchObject({ step: 1, since: START + 3, succeeded: [1, 0, 1, 0], failed: [0, 0, 1, 0] });
    expect(tens).toMatchObject({ step: 10, since: START, succeeded: [2], failed: [1] });
  });

  test("has slot seconds with a task in them, and those on offer, divided among the steps", () => {
    const series = new RunSeries();
    series.change(START + 0.5, 0, 4);
    series.change(START + 1.5, 2, 4);
    series.change(START + 3.25, 1, 1);
    const [seconds] = series.at(START + 4);
    expect(seconds?.busy).toEqual([0, 1, 2, 0.5 + 0.75, 0]);
    expect(seconds?.offered).toEqual([2, 4, 4, 1 + 0.75, 0]);
  });

  test("goes on while nothing happens, and what is long ago is forgotten", () => {
    const series = new RunSeries();
    series.change(START, 3, 4);
    series.settled(START, true);
    const [seconds, tens, minutes, longest] = series.at(START + 86_400);
    expect(seconds?.busy).toEqual([...Array.from({ length: POINTS - 1 }, () => 3), 0]);
    expect(sum(tens?.busy)).toBe(3 * 10 * (POINTS - 1));
    expect(sum(minutes?.offered)).toBe(4 * 60 * (POINTS - 1));
    expect(longest?.busy).toHaveLength(POINTS);
    expect([seconds, tens, minutes, longest].map((one) => sum(one?.succeeded))).toEqual([0, 0, 0, 0]);
  });

  test("is empty before anything has happened, and shows no step before the first", () => {
    const series = new RunSeries();
    expect(series.at(0).map(({ busy }) => busy)).toEqual([[], [], [], []]);
    series.change(START, 1, 1);
    expect(series.at(START).map(({ busy }) => busy)).toEqual([[0], [0], [0], [0]]);
  });

  test("does not mind a time that goes back, or is none that a clock tells", () => {
    const series = new RunSeries();
    series.change(-5, 7, 7);
    series.change(START, 1, 1);
    series.settled(START - 100, true);
    series.change(START - 5, 2, 2);
    const [seconds] = series.at(START + 1);
    expect([seconds?.busy, seconds?.succeeded]).toEqual([
      [2, 0],
      [1, 0],
    ]);
    series.change(1e15, 1, 1);
    expect(series.at(1e15)).toHaveLength(4);
  });

  const changes = fc.array(
    fc.record({
      after: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true }), fc.nat(500)),
      running: fc.nat(9),
      slots: fc.nat(9),
      outcome: fc.constantFrom(true, false, undefined),
      look: fc.boolean(),
    }),
    { maxLength: 50 },
  );

  test("adds up to all that has happened, in every ring that reaches back so far", () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const series = new RunSeries();
        series.change(START, 0, 0);
        let time = START;
        let [running, slots, busy, offered, succeeded, failed] = [0, 0, 0, 0, 0, 0];
        for (const step of steps) {
          time += step.after;
          busy += running * step.after;
          offered += slots * step.after;
          ({ running, slots } = step);
          series.change(time, running, slots);
          if (step.outcome !== undefined) series.settled(time, step.outcome);
          if (step.outcome === true) succeeded++;
          if (step.outcome === false) failed++;
          // Looking changes nothing.
          if (step.look) series.at(time);
        }
        for (const ring of series.at(time)) {
          expect(ring.since).toBe(Math.floor(time / ring.step) * ring.step);
          const length = ring.busy.length;
          expect([ring.offered, ring.succeeded, ring.failed].map((points) => points.length)).toEqual([
            length,
            length,
            length,
          ]);
          const reachesBack = ring.since - (POINTS - 1) * ring.step <= START;
          expect(length).toBe(reachesBack ? ring.since / ring.step - Math.floor(START / ring.step) + 1 : POINTS);
          if (!reachesBack) continue;
          expect([sum(ring.succeeded), sum(ring.failed)]).toEqual([succeeded, failed]);
          expect(Math.abs(sum(ring.busy) - busy)).toBeLessThan(1e-4);
          expect(Math.abs(sum(ring.offered) - offered)).toBeLessThan(1e-4);
        }
      }),
    );
  });
});

import { describe, expect, it } from "vitest";

import { ourEstimate, spansOf } from "../../../../bench/eta/replay.ts";

/** Thousands of short tasks, and one in 400 that takes very much longer: a run of this many slots. */
function rareLongTasks(slots: number) {
  const usual = [0.16, 0.26, 0.36, 0.56, 0.96];
  const durations = Array.from({ length: 5000 }, (_, i) =>
    i % 400 === 399 ? 25 : (usual[(i * 7 + (i >> 3)) % 5] ?? 0),
  );
  const spans = spansOf({ name: "rare long tasks", slots, durations });
  return { spans, end: spans.reduce((latest, { finish }) => Math.max(latest, finish), 0) };
}

/** What is said to be left, each second from the tenth on; and what is left. In the last seconds nobody looks any more. */
function saidEachSecond(slots: number): { readonly said: number; readonly left: number }[] {
  const { spans, end } = rareLongTasks(slots);
  const times = Array.from({ length: Math.floor(end) - 12 }, (_, i) => 10 + i);
  return times.map((at) => {
    const estimate = ourEstimate(spans, slots, at);
    if (estimate === undefined) throw new Error("there is an estimate");
    return { said: (estimate.earliest + estimate.latest) / 2 - at, left: end - at };
  });
}

function apart(a: number, b: number): number {
  return Math.max(a / b, b / a);
}

describe("the estimate of a run with rare long tasks, looked at each second", () => {
  it.each([8, 12, 24])("stays within twice the truth, and never jumps, on %i slots", (slots) => {
    const looks = saidEachSecond(slots);
    const worst = Math.max(...looks.map(({ said, left }) => apart(said, left)));
    const jump = Math.max(...looks.slice(1).map(({ said }, i) => apart(said, looks[i]?.said ?? 0)));
    expect(worst).toBeLessThan(2);
    expect(jump).toBeLessThan(2);
  });

  it("knows that the long tasks that run take as long as those that have ended", () => {
    const looks = saidEachSecond(64).filter(({ left }) => left <= 24);
    expect(Math.max(...looks.map(({ said, left }) => apart(said, left)))).toBeLessThan(2);
  });
});

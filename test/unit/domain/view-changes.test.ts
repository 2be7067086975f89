import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import type { EngineView, Series } from "../../../src/domain/watch.ts";
import { applyChange, changeBetween, type ViewChange } from "../../../src/domain/view-changes.ts";
import { RunViewSchema, ViewChangeSchema } from "../../../src/wire/view-messages.ts";
import { anyView, EMPTY_VIEW } from "../wire/view-samples.ts";

/** The change as it arrives. */
function sent(change: ViewChange | undefined): ViewChange {
  return v.parse(ViewChangeSchema, JSON.parse(JSON.stringify(change)));
}

/** Rows and steps of which most are as they were. */
const engine: EngineView = {
  rank: 0,
  node: "n",
  pid: 1,
  context: "c",
  slots: 1,
  stopping: false,
  state: "ready",
  running: 1,
  finished: 0,
  failed: 0,
  assigned: 1,
  busySeconds: 0,
  durations: EMPTY_VIEW.durations,
  lastHeard: 1000,
};

describe("changes of a view", () => {
  test("make the new view of the old one, also after their way over the wire", () => {
    fc.assert(
      fc.property(anyView, anyView, (before, after) => {
        const change = changeBetween(before, after);
        const applied = change === undefined ? { ...before, now: after.now } : applyChange(before, sent(change));
        expect(applied).toEqual(after);
      }),
    );
  });

  test("are none between equal views, whatever the clock says", () => {
    fc.assert(
      fc.property(anyView, fc.nat(), (view, now) => {
        expect(changeBetween(view, { ...structuredClone(view), now })).toBeUndefined();
      }),
    );
  });

  test("have only the rows that are others", () => {
    const other = { ...engine, rank: 1 };
    const before = { ...EMPTY_VIEW, engines: [engine, other] };
    const after = { ...EMPTY_VIEW, now: 1001, engines: [engine, { ...other, finished: 1 }] };
    expect(changeBetween(before, after)).toMatchObject({
      now: 1001,
      sections: {},
      engines: { set: [{ rank: 1, finished: 1 }], gone: [] },
    });
  });

  test("tell in few words that engines have been heard of", () => {
    const before = { ...EMPTY_VIEW, engines: [engine] };
    const after = { ...EMPTY_VIEW, now: 1005, engines: [{ ...engine, lastHeard: 1005 }] };
    const change = changeBetween(before, after);
    expect(change).toEqual({ now: 1005, sections: {}, heard: [[0, 1005]] });
    expect(applyChange(before, sent(change))).toEqual(after);
  });

  test("have only the newest steps of a series", () => {
    const steps = Array.from({ length: 100 }, (_, i) => i);
    const series: Series = { step: 1, since: 1000, succeeded: steps, failed: steps, busy: steps, offered: steps };
    const later = steps.map((n) => n + 2);
    const moved: Series = { step: 1, since: 1002, succeeded: later, failed: later, busy: later, offered: later };
    const change = changeBetween({ ...EMPTY_VIEW, series: [series] }, { ...EMPTY_VIEW, series: [moved] });
    expect(change?.series).toMatchObject([{ drop: 2, keep: 98, succeeded: [100, 101] }]);
  });

  test("rest on views that the wire takes whole", () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(v.parse(RunViewSchema, JSON.parse(JSON.stringify(view)))).toEqual(view);
      }),
    );
  });
});

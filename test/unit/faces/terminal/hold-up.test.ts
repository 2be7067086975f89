import { expect, test } from "vitest";

import type { RunEvent } from "../../../../src/domain/events.ts";
import { holdUp } from "../../../../src/faces/terminal/hold-up.ts";
import { plainLine, progressLine } from "../../../../src/faces/terminal/progress-line.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { assigned, finished, joined, START, started } from "./events.ts";

function stateAfter(...events: readonly RunEvent[]): RunState {
  const state = new RunState();
  for (const event of events) state.handle(event);
  return state;
}

const RUN = [started(9), joined(0, 2), { type: "engine-ready", time: START, engine: 0 }] as const;
const BARRIER: RunEvent = {
  ...{ type: "barrier-met", time: START },
  barrier: { kind: "barrier", id: 5, line: 12, check: false, text: "#DISBATCH BARRIER" },
};

test("the progress line says at which barrier the run waits, as long as it does and there is room", () => {
  const view = { now: START + 5, rate: undefined, estimate: undefined, slowest: undefined };
  const waits = { ...view, counts: stateAfter(...RUN, assigned(0), BARRIER) };
  expect(progressLine(waits, 80, false)).toContain("1 running  at the barrier of line 12");
  expect(progressLine(waits, 30, false)).not.toContain("barrier");
  expect(plainLine(waits)).toContain(", 1 running, at the barrier of line 12, ");
  const goesOn = { ...view, counts: stateAfter(...RUN, assigned(0), assigned(1)) };
  expect(plainLine(goesOn)).not.toContain("barrier");
});

test.each([
  ["no engine is left", [...RUN, { type: "engine-left", time: START, engine: 0 }]],
  ["all engines are stopped", [...RUN, assigned(0), { type: "engine-stopping", time: START, engine: 0 }]],
  ["no more tasks yet", [started(), ...RUN.slice(1)]],
  [undefined, [started(9)]],
  [undefined, [...RUN, assigned(0), assigned(1), finished(0)]],
  [undefined, [...RUN, joined(1, 2), assigned(0), { type: "engine-stopping", time: START, engine: 1 }]],
  [undefined, [...RUN, assigned(0), { type: "run-draining", time: START, reason: "interrupted" }]],
] satisfies [string | undefined, RunEvent[]][])("what holds up everything: %s", (words, events) => {
  expect(holdUp(stateAfter(...events))).toBe(words);
});

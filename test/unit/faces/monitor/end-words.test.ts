import { expect, test } from "vitest";
import type { RunEnd } from "../../../../src/domain/events.ts";
import { PlainText } from "../../../../src/faces/monitor/plain.ts";
import { viewOf } from "../../../../src/records/state/view.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";

const REASONS: readonly RunEnd[] = ["check-failed", "no-engines", "failed-fast", "out-of-time", "source-failed"];

test.each(REASONS)("plain lines say in words that a run ended by %s", (reason) => {
  const state = new RunState();
  state.handle({ type: "run-started", time: 1, jobId: "run", taskFile: "Tasks" });
  state.handle({ type: "run-draining", time: 2, reason });
  state.handle({ type: "run-ended", time: 3, reason });
  const view = viewOf(state, { jobId: "run", taskFile: "Tasks", host: "n1", pid: 1 }, 4);
  const said = new PlainText("disbatch --recover run").lines(view, { state: "over" }, 0).join("\n");
  expect(said).toContain(" the run ended early: ");
  expect(said).not.toContain(reason);
});

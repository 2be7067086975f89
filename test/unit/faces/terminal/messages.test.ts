import { describe, expect, it } from "vitest";

import type { RunEvent } from "../../../../src/domain/events.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { Messages } from "../../../../src/faces/terminal/messages.ts";
import { Terminal } from "../../../../src/faces/terminal/terminal.ts";
import { assigned, ended, finished, joined, START, started } from "./events.ts";
import { FakeOutput } from "./fakes.ts";

function printed(...events: readonly RunEvent[]): string {
  return printedOf(events, false);
}

function printedOf(events: readonly RunEvent[], hasKvs: boolean): string {
  const output = new FakeOutput();
  const counts = new RunState();
  const terminal = new Terminal(output);
  const tell = (line: string): void => terminal.message(`disbatch: ${line}`);
  const messages = new Messages({ counts, utility: "run_dbUtil.sh", hasKvs, byHand: "Ctrl-C", tell });
  for (const event of events) {
    counts.handle(event);
    messages.observe(event);
  }
  return output.text;
}

describe("Messages", () => {
  it("warns of the key of a barrier once, and only where nobody hears of it", () => {
    const barrier = {
      kind: "barrier",
      id: 1,
      line: 2,
      check: false,
      key: "half",
      text: "#DISBATCH BARRIER half",
    } as const;
    const passed: RunEvent = { type: "barrier-passed", time: START, barrier, since: START, failed: false };
    expect(printed(passed, passed)).toMatch(/^disbatch: warning: BARRIER key 'half' has no effect.*\n$/);
    expect(printedOf([passed], true)).toBe("");
  });

  it("says nothing about a run that goes well", () => {
    const draining: RunEvent = { type: "run-draining", time: START, reason: "done" };
    expect(printed(started(1), joined(0, 1), assigned(0), finished(0), draining, ended(1))).toBe("");
  });

  it("passes warnings on, with nothing in them that a terminal would act on", () => {
    expect(printed({ type: "warning", time: START, message: "odd\u001b[2J" })).toBe("disbatch: warning: odd\\e[2J\n");
  });

  it("tells of engines in trouble", () => {
    expect(
      printed(
        { type: "engine-failed", time: START, node: "n7", reason: "no route to host" },
        { type: "engine-lost", time: START, engine: 3, reason: "silent for 30 s", crashed: true },
      ),
    ).toBe("disbatch: no engine on n7: no route to host\ndisbatch: engine 3 is lost: silent for 30 s\n");
  });

  it("tells of engines that are out of touch, are back, and are started again", () => {
    const restarting = { type: "engine-restarting", time: START, node: "n3", label: "SSH0" } as const;
    expect(
      printed(
        joined(0, 1),
        { type: "engine-silent", time: START, engine: 0, reason: "its connection is lost" },
        { type: "engine-back", time: START, engine: 0 },
        { type: "engine-lost", time: START, engine: 0, reason: "killed", crashed: true },
        { ...restarting, restart: 1, delay: 0 },
        { ...restarting, restart: 2, delay: 5 },
      ),
    ).toBe(
      "disbatch: engine 0 on n0 is out of touch: its connection is lost\n" +
        "disbatch: engine 0 on n0 is back\n" +
        "disbatch: engine 0 on n0 is lost: killed\n" +
        "disbatch: another engine is started on n3\n" +
        "disbatch: another engine is started on n3 in 5 s\n",
    );
  });

  it("tells once that an engine holds tasks back", () => {
    const heldBack = {
      type: "engine-held-back",
      time: START,
      engine: 0,
      reason: "the load is 9.3, of 8 at most",
    } as const;
    const goesOn = { ...heldBack, reason: undefined };
    expect(printed(joined(0, 1), heldBack, goesOn, heldBack)).toBe(
      "disbatch: engine 0 on n0 starts no task for now: the load is 9.3, of 8 at most\n",
    );
  });

  it("tells after Ctrl-C what it waits for and how to end it sooner", () => {
    expect(
      printed(joined(0, 2), assigned(0), assigned(1), { type: "run-draining", time: START, reason: "interrupted" }),
    ).toBe("disbatch: interrupted: no more tasks are started, waiting for 2 running tasks (Ctrl-C again ends them)\n");
  });

  it("tells that the running tasks are being ended, and why", () => {
    expect(printed({ type: "run-terminating", time: START, reason: "failed-fast" })).toBe(
      "disbatch: a task failed, and --fail-fast was given: ending the running tasks\n",
    );
  });
});

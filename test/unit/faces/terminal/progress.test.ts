import { describe, expect, it } from "vitest";

import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { PlainProgress, ProgressBar, resolveProgressMode } from "../../../../src/faces/terminal/progress.ts";
import { Terminal } from "../../../../src/faces/terminal/terminal.ts";
import { assigned, ended, finished, joined, runs, START, started } from "./events.ts";
import { FakeOutput, VirtualClock } from "./fakes.ts";

function setUp(kind: "bar" | "plain") {
  const output = new FakeOutput(kind === "bar" ? 60 : undefined);
  const clock = new VirtualClock(START);
  const counts = new RunState();
  const terminal = new Terminal(output);
  const options = { counts, terminal, clock, colour: false };
  const progress = kind === "bar" ? new ProgressBar(options) : new PlainProgress(options);
  const tell = (...events: readonly RunEvent[]): void => {
    for (const event of events) {
      counts.handle(event);
      progress.observe(event);
    }
  };
  return { output, clock, terminal, progress, tell };
}

describe("ProgressBar", () => {
  it("is shown of a run that is taken up again, with the rate since then", () => {
    const output = new FakeOutput(60);
    const clock = new VirtualClock(START);
    const counts = new RunState();
    const earlier = Array.from({ length: 90 }, (_, id) => finished(id));
    for (const event of [started(100), joined(0, 1), ...earlier]) counts.handle(event);
    const progress = new ProgressBar({ counts, terminal: new Terminal(output), clock, colour: false });
    progress.observe({ type: "run-recovered", time: START, host: "h", pid: 1 });
    clock.advance(0.2);
    expect(output.writes.at(-1)).toContain("90/100 done");
    expect(output.writes.at(-1)).not.toMatch(/\d\/(?:s|min)/);
    clock.advance(10);
    counts.handle(finished(90));
    clock.advance(0.2);
    expect(output.writes.at(-1)).toContain("5.9/min");
  });

  it("draws at most five times a second, however many events there are", () => {
    const { output, clock, tell } = setUp("bar");
    tell(started(1000), joined(0, 2));
    for (let id = 0; id < 999; id++) {
      tell(assigned(id), finished(id));
      clock.advance(0.001);
    }
    expect(output.writes).toHaveLength(4);
  });

  it("draws nothing for a run that is over at once", () => {
    const { output, clock, tell } = setUp("bar");
    tell(started(1), joined(0, 1), assigned(0));
    clock.advance(0.1);
    tell(finished(0), ended(0.1));
    expect(output.text).toBe("");
  });

  it("goes on with its clock when nothing happens, once a second", () => {
    const { output, clock, tell } = setUp("bar");
    tell(started(2), joined(0, 1), assigned(0));
    clock.advance(1);
    output.take();
    clock.advance(10);
    expect(output.writes).toHaveLength(10);
    expect(output.writes.at(-1)).toContain("0:11");
  });

  it("follows the width of the window", () => {
    const { output, clock, tell } = setUp("bar");
    tell(started(2), joined(0, 1));
    clock.advance(1);
    output.columns = 22;
    output.take();
    clock.advance(1);
    expect(output.text).toBe("\r0/2 done  0 running\u001b[K");
  });

  it("shows a rate and an estimate from what has finished of late", () => {
    const { output, clock, tell } = setUp("bar");
    tell(started(100), joined(0, 1));
    for (let id = 0; id < 50; id++) {
      clock.advance(0.5);
      tell(finished(id, { start: START + id / 2, finish: START + (id + 1) / 2 }));
    }
    clock.advance(0.2);
    expect(output.writes.at(-1)).toContain("50/100 done");
    expect(output.writes.at(-1)).toMatch(/ETA 0:2[456]/);
  });

  it("takes its line away and stops its only timer at the end of the run", () => {
    const { output, clock, tell } = setUp("bar");
    tell(started(1), joined(0, 1));
    clock.advance(1);
    expect(clock.timers).toBe(1);
    output.take();
    tell(ended(1));
    expect(output.text).toBe("\r\u001b[K");
    expect(clock.timers).toBe(0);
  });

  it("takes its line away when it is closed without an end", async () => {
    const { output, clock, progress, tell } = setUp("bar");
    tell(started(1));
    clock.advance(1);
    output.take();
    await progress.close();
    await progress.close();
    expect(output.text).toBe("\r\u001b[K");
    expect(clock.timers).toBe(0);
  });
});

describe("PlainProgress", () => {
  it("prints the first line after two seconds and then one every ten", () => {
    const { output, clock, tell } = setUp("plain");
    tell(started(1000), joined(0, 2));
    const times: number[] = [];
    for (let second = 1; second <= 30; second++) {
      tell(finished(second));
      const before = output.writes.length;
      clock.advance(1);
      if (output.writes.length > before) times.push(second);
    }
    expect(times).toEqual([2, 12, 22]);
    expect(output.writes[0]).toBe("disbatch: 2/1000 done, 0 running, 1.0/s, 0:02 elapsed\n");
  });

  it("prints nothing when nothing has changed", () => {
    const { output, clock, tell } = setUp("plain");
    tell(started(10), joined(0, 2), assigned(0));
    clock.advance(60);
    expect(output.writes).toHaveLength(1);
    tell(finished(0));
    clock.advance(10);
    expect(output.writes).toHaveLength(2);
  });

  it("tells of a task that takes clearly longer than the others, and again when it has run twice as long", () => {
    const { output, clock, tell } = setUp("plain");
    tell(started(1000), joined(0, 2), assigned(0), runs(0));
    for (let id = 1; id <= 20; id++) tell(assigned(id), finished(id));
    const times: number[] = [];
    for (let second = 1; second <= 150; second++) {
      output.take();
      clock.advance(1);
      if (output.text.includes("task 0 has run for")) times.push(second);
    }
    expect(times).toEqual([32, 72, 152].filter((second) => second <= 150));
  });

  it("writes no control characters", () => {
    const { output, clock, tell } = setUp("plain");
    tell(started(10), joined(0, 2), finished(0, { ending: exited(1) }));
    clock.advance(60);
    tell(ended(60));
    expect(output.text).toMatch(/^[\u0020-\u007e\n]+$/);
  });

  it("stops its only timer at the end of the run", () => {
    const { clock, tell } = setUp("plain");
    tell(started(1));
    expect(clock.timers).toBe(1);
    tell(ended(1));
    expect(clock.timers).toBe(0);
  });
});

describe("resolveProgressMode", () => {
  it("is a bar on a terminal, and plain lines elsewhere, unless the user says otherwise", () => {
    const xterm = { isTTY: true, term: "xterm" };
    expect(resolveProgressMode("auto", xterm)).toBe("bar");
    expect(resolveProgressMode("auto", { isTTY: false, term: "xterm" })).toBe("plain");
    expect(resolveProgressMode("auto", { isTTY: true, term: "dumb" })).toBe("plain");
    expect(resolveProgressMode("none", xterm)).toBe("none");
    expect(resolveProgressMode("plain", xterm)).toBe("plain");
  });
});

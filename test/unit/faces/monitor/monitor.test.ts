import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { textOf, type Line } from "../../../../src/faces/monitor/line.ts";
import { Monitor } from "../../../../src/faces/monitor/monitor.ts";
import type { Screen } from "../../../../src/faces/monitor/screen.ts";
import { PretendedRun, viewOf, MIXED } from "../../../support/pretended-run.ts";

/** Notes what is drawn on it. */
class NotedScreen implements Screen {
  readonly columns = 100;
  readonly rows = 30;
  readonly frames: string[] = [];
  readonly calls: string[] = [];

  get last(): string {
    return this.frames.at(-1) ?? "";
  }

  draw(lines: readonly Line[]): void {
    this.frames.push(lines.map(textOf).join("\n"));
  }

  leave = (): void => void this.calls.push("leave");
  enter = (): void => void this.calls.push("enter");
  toLines = (): void => void this.calls.push("lines");
  close = (): void => void this.calls.push("close");
}

function open(run: PretendedRun): { monitor: Monitor; screen: NotedScreen; printed: string[] } {
  const printed: string[] = [];
  const screen = new NotedScreen();
  const monitor = new Monitor(run, {
    commands: { rerun: "again", recover: "recover", explain: "explain" },
    print: (line) => void printed.push(line),
    suspend: () => void screen.calls.push("suspend"),
  });
  monitor.start(screen);
  return { monitor, screen, printed };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a run that changes all the time is drawn four times a second", async () => {
  const run = new PretendedRun();
  const { monitor, screen } = open(run);
  await vi.advanceTimersByTimeAsync(1000);
  const before = screen.frames.length;
  for (let i = 0; i < 200; i++) {
    run.become(viewOf({ ...MIXED, ended: 3100 + i }));
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(screen.frames.length - before).toBeLessThanOrEqual(10);
  expect(screen.frames.length - before).toBeGreaterThanOrEqual(7);
  monitor.close();
});

test("a run that has ended is drawn no more, and keys are still obeyed at once", async () => {
  const run = new PretendedRun();
  const { monitor, screen } = open(run);
  run.become({ phase: "ended", reason: "done", ended: run.view.now }, { state: "over" });
  await vi.advanceTimersByTimeAsync(5000);
  const before = screen.frames.length;
  expect(screen.last).toContain("the run has ended, 61 failed");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(screen.frames).toHaveLength(before);
  monitor.press("2");
  expect(screen.last).toContain("[2 Failures]");
  monitor.close();
});

test("clocks go on once a second", async () => {
  const { monitor, screen } = open(new PretendedRun());
  await vi.advanceTimersByTimeAsync(1000);
  const before = screen.frames.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(screen.frames.length - before).toBe(10);
  monitor.close();
});

test("what was asked for and could not be answered is said", async () => {
  const run = new PretendedRun();
  run.stop = () => Promise.reject(new Error("no such engine"));
  const { monitor, screen } = open(run);
  monitor.press("E");
  monitor.press("Y");
  await vi.advanceTimersByTimeAsync(300);
  expect(screen.last).toContain("no such engine");
  monitor.close();
});

test("s leads to plain lines and back to the screen", async () => {
  const run = new PretendedRun();
  const { monitor, screen, printed } = open(run);
  monitor.press("s");
  expect(printed.join("\n")).toContain("Tasks_042: running for 1:12:04, 3,061 of 5,000 done, 61 failed in 4 kinds");
  const drawn = screen.frames.length;
  run.become({ phase: "draining", reason: "stopped" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(printed.at(-1)).toContain("draining");
  expect(screen.frames).toHaveLength(drawn);
  monitor.press("s");
  expect(screen.calls).toEqual(["lines", "enter"]);
  expect(screen.frames.length).toBeGreaterThan(drawn);
  monitor.close();
});

test("the user leaves with q, also from plain lines, and the run is not stopped", async () => {
  const run = new PretendedRun();
  const { monitor } = open(run);
  monitor.press("s");
  monitor.press("q");
  await monitor.left;
  expect(run.stops).toEqual([]);
});

test("Ctrl-Z gives the terminal to the shell, and takes it again", () => {
  const { monitor, screen } = open(new PretendedRun());
  monitor.press("C-z");
  monitor.resume();
  expect(screen.calls).toEqual(["leave", "suspend", "enter"]);
  monitor.close();
});

test("what is shown is asked for again while the run goes on, once a second", async () => {
  const run = new PretendedRun();
  const { monitor } = open(run);
  monitor.press("4");
  await vi.advanceTimersByTimeAsync(1000);
  const before = run.queries.length;
  for (let i = 0; i < 40; i++) {
    run.become(viewOf({ ...MIXED, ended: MIXED.ended + i }));
    await vi.advanceTimersByTimeAsync(250);
  }
  expect(run.queries.length - before).toBeGreaterThanOrEqual(8);
  expect(run.queries.length - before).toBeLessThanOrEqual(11);
  monitor.close();
});

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { bootClock, bootSeconds } from "../../../../src/node/process/boot-clock.ts";
import { until } from "../../../support/until.ts";
import { scratchFolder } from "./scratch.ts";

/** How often this process has /proc/uptime open. */
function openings(): number {
  const fds = readdirSync("/proc/self/fd").filter((fd) => target(fd) === "/proc/uptime");
  return fds.length;
}

function target(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "";
  }
}

const uptime = (): number => Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);

describe("the boot clock", () => {
  test("tells what the machine says", () => {
    const before = uptime();
    const told = bootSeconds();
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(uptime());
  });

  test("goes on", async () => {
    const begun = bootSeconds();
    await until(
      () => bootSeconds() !== begun,
      () => "the next hundredth of a second",
    );
    expect(bootSeconds()).toBeGreaterThan(begun);
  });

  test("opens the file once, and only when it is asked", () => {
    const before = openings();
    const clock = bootClock();
    expect(openings()).toBe(before);
    for (let i = 0; i < 10; i++) clock();
    expect(openings()).toBe(before + 1);
  });

  test("reads hundredths, and no more than the first number", () => {
    const file = path.join(scratchFolder(), "uptime");
    const clock = bootClock(file);
    writeFileSync(file, "90061.07 360244.28\n");
    expect(clock()).toBe(90061.07);
    writeFileSync(file, "90061.5\n");
    expect(clock()).toBe(9006.15);
  });

  test("does not mind a calendar that jumps", () => {
    const clocks = [bootClock(), bootClock("/no/such/file")];
    const before = clocks.map((clock) => clock());
    vi.useFakeTimers({ toFake: ["Date"], now: 0 });
    const passed = clocks.map((clock, i) => clock() - (before[i] ?? 0));
    vi.useRealTimers();
    for (const seconds of passed) {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeLessThan(60);
    }
  });

  test("counts from the start of the process where the machine does not say", () => {
    const clock = bootClock("/no/such/file");
    const before = performance.now() / 1000;
    const told = clock();
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(performance.now() / 1000);
  });
});

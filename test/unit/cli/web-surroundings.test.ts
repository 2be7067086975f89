import { afterEach, expect, test, vi } from "vitest";
import { signalled } from "../../../src/cli/web-surroundings.ts";

afterEach(() => vi.useRealTimers());

test("a signal ends a server in order, also when it comes twice at once; a second later it ends the process", async () => {
  vi.useFakeTimers();
  const listeners = (): number => process.listenerCount("SIGTERM");
  const before = listeners();
  const ended = signalled();
  for (let i = 0; i < 2; i++) {
    process.emit("SIGTERM");
    expect(listeners()).toBe(before + 1);
  }
  expect(await ended).toBe(143);
  vi.advanceTimersByTime(1000);
  expect(listeners()).toBe(before);
});

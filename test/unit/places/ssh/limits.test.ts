import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { waitFor } from "../../../../src/places/ssh/limits.ts";
import { SshError } from "../../../../src/places/ssh/session.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const late = (): SshError => new SshError("unreachable", "too late");
const forever = new Promise<never>(() => undefined);

test("what comes about in time is handed on, and leaves no timer", async () => {
  const abandon = vi.fn<() => void>();
  const limits = { signal: new AbortController().signal, patience: 1000, late };
  await expect(waitFor(Promise.resolve(1), limits, abandon)).resolves.toBe(1);
  await expect(waitFor(Promise.reject(new Error("broken")), limits, abandon)).rejects.toThrow("broken");
  expect(vi.getTimerCount()).toBe(0);
  expect(abandon).not.toHaveBeenCalled();
});

test("what takes too long is abandoned", async () => {
  const abandon = vi.fn<() => void>();
  const waiting = waitFor(forever, { signal: new AbortController().signal, patience: 1000, late }, abandon);
  const failure = waiting.catch((error: unknown) => error);
  vi.advanceTimersByTime(999);
  expect(abandon).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  await expect(failure).resolves.toMatchObject({ message: "too late" });
  expect(abandon).toHaveBeenCalledOnce();
});

test("what nobody wants any more is abandoned at once, before and while it is waited for", async () => {
  const abandon = vi.fn<() => void>();
  const aborting = new AbortController();
  const limits = { signal: aborting.signal, patience: 1000, late };
  const waiting = waitFor(forever, limits, abandon);
  aborting.abort();
  await expect(waiting).rejects.toThrow("given up");
  await expect(waitFor(forever, limits, abandon)).rejects.toThrow("given up");
  expect(abandon).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whileMoving } from "../../../../src/places/ssh/while-moving.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("work that gets on may take as long as it likes, and leaves no timer", async () => {
  let move: () => void = () => undefined;
  let end: (value: string) => void = () => undefined;
  const giveUp = vi.fn<(why: string) => Error>();
  const waiting = whileMoving((moved) => {
    move = moved;
    return new Promise<string>((resolve) => (end = resolve));
  }, giveUp);
  for (let i = 0; i < 10; i++) {
    await vi.advanceTimersByTimeAsync(59_999);
    move();
  }
  end("done");
  expect(await waiting).toBe("done");
  expect(giveUp).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test("work that stands still is given up, and may fail later as it likes", async () => {
  let fail: (error: Error) => void = () => undefined;
  const work = (): Promise<never> => new Promise((_resolve, reject) => (fail = reject));
  const failure = whileMoving(work, (why) => new Error(`given up: ${why}`)).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await failure).toMatchObject({ message: "given up: it has not got on for 60 s" });
  fail(new Error("too late"));
});

test("work that fails fails as it does", async () => {
  const giveUp = vi.fn<(why: string) => Error>();
  await expect(whileMoving(() => Promise.reject(new Error("broken")), giveUp)).rejects.toThrow("broken");
  expect(vi.getTimerCount()).toBe(0);
});

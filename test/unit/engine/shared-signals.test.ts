import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NO_LEAK, type CommandOutcome } from "../../../src/domain/result.ts";
import { SharedSignals } from "../../../src/engine/shared-signals.ts";

/** By SIGTERM and by SIGUSR1, of the task's shell or of what the shell ran. */
const SUSPICIOUS = [-15, -10, 128 + 15, 128 + 10];
const PLAIN = [0, 1, 2, 15, 10, 128, 137, -9, -2, -1, 127];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function outcome(returnCode: number): CommandOutcome {
  return { pid: 5, returnCode, start: 1, finish: 2, output: NO_LEAK, error: NO_LEAK };
}

/** Tasks that end, and what is said of each as soon as it is certain. */
function ending() {
  const signals = new SharedSignals();
  const said: [returnCode: number, interrupted: boolean][] = [];
  const end = (returnCode: number): void =>
    signals.heard(outcome(returnCode), () => said.push([returnCode, signals.isInterrupted(outcome(returnCode))]));
  return { signals, said, end };
}

describe("without a signal", () => {
  test.each(PLAIN)("a task that ends with %i has ended so, which is known at once", (returnCode) => {
    const { said, end } = ending();
    end(returnCode);
    expect(said).toEqual([[returnCode, false]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(SUSPICIOUS)("a task that ends with %i has ended so, which is known after 200 ms", (returnCode) => {
    const { said, end } = ending();
    end(returnCode);
    vi.advanceTimersByTime(199);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual([[returnCode, false]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("when the engine gets a signal", () => {
  test("those that were waited with have been interrupted, each of which is said once", () => {
    const { signals, said, end } = ending();
    for (const returnCode of SUSPICIOUS) end(returnCode);
    vi.advanceTimersByTime(199);
    signals.signalled();
    expect(said).toEqual(SUSPICIOUS.map((returnCode) => [returnCode, true]));
    expect(vi.getTimerCount()).toBe(0);
    signals.signalled();
    expect(said).toHaveLength(SUSPICIOUS.length);
  });

  test("those that had ended more than 200 ms before have ended so", () => {
    const { signals, said, end } = ending();
    end(-15);
    vi.advanceTimersByTime(200);
    signals.signalled();
    expect(said).toEqual([[-15, false]]);
  });

  test("whatever ends afterwards has been interrupted, which is known at once, but for what ends well", () => {
    const { signals, said, end } = ending();
    signals.signalled();
    const codes = [...PLAIN, ...SUSPICIOUS];
    for (const returnCode of codes) end(returnCode);
    expect(said).toEqual(codes.map((returnCode) => [returnCode, returnCode !== 0]));
  });
});

test("when nothing is to be waited with any longer, what is known by then counts", () => {
  const { signals, said, end } = ending();
  end(-15);
  signals.release();
  expect(said).toEqual([[-15, false]]);
  expect(vi.getTimerCount()).toBe(0);
});

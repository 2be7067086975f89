import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import { SignalledEnds } from "../../../../src/node/engine/signalled-ends.ts";

/** By SIGTERM, SIGUSR1 and SIGINT, of the task's shell or of what the shell ran. */
const SUSPICIOUS = [-15, -10, -2, 128 + 15, 128 + 10, 128 + 2];
const PLAIN = [0, 1, 2, 15, 10, 128, 137, -9, -1, 127];
const ANY = [...PLAIN, ...SUSPICIOUS];
/** Milliseconds from an end, or from a signal, within which the other counts; and those by which whatever is open is decided. */
const [WINDOW, DECIDED] = [200, 260];

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** Tasks that end with these exit codes, or by the signals of which they are the negative numbers, and what is said of each as soon as it is certain. */
function ending(shared: boolean) {
  const said: [code: number, meaning: string][] = [];
  const ends = new SignalledEnds<number>({
    shared,
    decided: (codes, meaning) => codes.forEach((code) => said.push([code, meaning])),
  });
  const end = (...codes: number[]): void => {
    for (const code of codes) {
      const meaning = ends.heard(code, code < 0 ? signalled(-code) : exited(code));
      if (meaning !== "open") said.push([code, meaning]);
    }
  };
  return { ends, said, end };
}

const all = (codes: readonly number[], meaning: string): [number, string][] => codes.map((code) => [code, meaning]);

describe("where signals are meant for one process", () => {
  test.each(PLAIN)("a task that ends with %i has ended so, which is known at once, also next to a signal", (code) => {
    const { ends, said, end } = ending(false);
    end(code);
    ends.signalled();
    end(code);
    expect(said).toEqual(all([code, code], "outcome"));
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(SUSPICIOUS)("a task that ends with %i has ended so when no signal comes", (code) => {
    const { ends, said, end } = ending(false);
    end(code);
    vi.advanceTimersByTime(WINDOW - 1);
    expect([said, ends.open]).toEqual([[], [code]]);
    vi.advanceTimersByTime(DECIDED - WINDOW);
    expect(said).toEqual([[code, "outcome"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("what a signal has ended around the time of the engine's own has been interrupted, and nothing later", () => {
    const { ends, said, end } = ending(false);
    end(...SUSPICIOUS);
    vi.advanceTimersByTime(WINDOW - 1);
    ends.signalled();
    vi.advanceTimersByTime(WINDOW - 1);
    end(...SUSPICIOUS);
    expect(said).toEqual(all([...SUSPICIOUS, ...SUSPICIOUS], "interrupted"));
    vi.advanceTimersByTime(1);
    end(...SUSPICIOUS);
    vi.advanceTimersByTime(DECIDED);
    expect(said.slice(2 * SUSPICIOUS.length)).toEqual(all(SUSPICIOUS, "outcome"));
  });
});

describe("where signals reach every process", () => {
  test("an end is known when no signal can have brought it about, whatever its code", () => {
    const { ends, said, end } = ending(true);
    end(...ANY);
    vi.advanceTimersByTime(WINDOW - 1);
    expect([said, ends.open]).toEqual([[], ANY]);
    vi.advanceTimersByTime(DECIDED - WINDOW);
    expect(said).toEqual(all(ANY, "outcome"));
    expect(vi.getTimerCount()).toBe(0);
  });

  test("all that has ended within the time before a signal has been interrupted", () => {
    const { ends, said, end } = ending(true);
    end(7);
    vi.advanceTimersByTime(DECIDED);
    end(...ANY);
    vi.advanceTimersByTime(WINDOW - 1);
    ends.signalled();
    expect(said).toEqual([[7, "outcome"], ...all(ANY, "interrupted")]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("all that ends within the time after a signal has been interrupted", () => {
    const { ends, said, end } = ending(true);
    ends.signalled();
    vi.advanceTimersByTime(WINDOW - 1);
    end(...ANY);
    expect(said).toEqual(all(ANY, "interrupted"));
  });

  test("what ends later than that has ended if it ends well, and has been interrupted if not", () => {
    const { ends, said, end } = ending(true);
    ends.signalled();
    vi.advanceTimersByTime(WINDOW);
    end(...ANY);
    vi.advanceTimersByTime(DECIDED);
    const bad = ANY.filter((code) => code !== 0);
    expect(said).toEqual([...all(bad, "interrupted"), [0, "outcome"]]);
  });

  test("each signal has a time of its own", () => {
    const { ends, said, end } = ending(true);
    ends.signalled();
    vi.advanceTimersByTime(1_000);
    end(0);
    vi.advanceTimersByTime(WINDOW - 1);
    ends.signalled();
    vi.advanceTimersByTime(WINDOW - 1);
    end(0);
    expect(said).toEqual(all([0, 0], "interrupted"));
  });

  test("ends become certain together, one timer for all of them", () => {
    const { said, end } = ending(true);
    for (let i = 0; i < 40; i++) {
      end(0);
      vi.advanceTimersByTime(1);
      expect(vi.getTimerCount()).toBe(1);
    }
    let decisions = 0;
    for (let known = 0; said.length < 40; vi.advanceTimersByTime(1)) {
      if (said.length > known) decisions++;
      known = said.length;
    }
    expect(decisions).toBeLessThanOrEqual(2);
  });

  test("a signal that an engine hears of late, since it was frozen, still comes before its own patience has ended", () => {
    const { ends, said, end } = ending(true);
    end(0);
    // Time is heard of first.
    vi.advanceTimersByTime(WINDOW);
    ends.signalled();
    vi.advanceTimersByTime(DECIDED);
    expect(said).toEqual([[0, "interrupted"]]);
  });
});

test("when there is no time to find out, what is open has been interrupted", () => {
  const { ends, said, end } = ending(false);
  end(-15);
  ends.interruptOpen();
  expect(said).toEqual([[-15, "interrupted"]]);
  expect([vi.getTimerCount(), ends.isAnyOpen]).toEqual([0, false]);
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebStanding } from "../../../src/cli/web-standing.ts";

/** A run of a workflow that goes on or is over as the test says. Each reading has a number of its own. */
function standingOf() {
  const run = { isOver: false, readings: 0 };
  const standing = new WebStanding(
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nobody looks into it
    () => Promise.resolve({ run: { run: ++run.readings } } as never),
    () => run.isOver,
  );
  const read = async (): Promise<number> => (await standing.read()).run.run;
  return { run, standing, read };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("where instances stand", () => {
  it("is read again while the run is not over, no more often than every two seconds", async () => {
    const { read } = standingOf();
    expect([await read(), await read()]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(2100);
    expect([await read(), await read()]).toEqual([2, 2]);
  });

  it("is read once more when the run is over, and stays as it is then", async () => {
    const { run, read } = standingOf();
    expect(await read()).toBe(1);
    run.isOver = true;
    expect(await read()).toBe(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await read()).toBe(2);
  });

  it("is not what it was when the run has gone on and is over again", async () => {
    const { run, standing, read } = standingOf();
    run.isOver = true;
    expect(await read()).toBe(1);
    standing.forget();
    expect(await read()).toBe(2);
  });
});

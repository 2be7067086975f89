import { expect, test, vi } from "vitest";
import { Settling } from "../../../../src/page/slots/settling.ts";

test("a move is told at once, and those that follow it when they have come to rest", () => {
  vi.useFakeTimers();
  try {
    const told: number[] = [];
    const settling = new Settling<number>((last) => told.push(last));
    settling.move(1);
    expect([told, settling.isMoving]).toEqual([[1], true]);
    for (let move = 2; move < 20; move++) {
      vi.advanceTimersByTime(100);
      settling.move(move);
    }
    expect(told).toEqual([1]);
    vi.advanceTimersByTime(120);
    expect([told, settling.isMoving]).toEqual([[1, 19], false]);
    vi.advanceTimersByTime(1000);
    settling.move(20);
    vi.advanceTimersByTime(120);
    expect([told, settling.isMoving]).toEqual([[1, 19, 20], false]);
    settling.move(21);
    settling.move(22);
    settling.close();
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([1, 19, 20, 21]);
  } finally {
    vi.useRealTimers();
  }
});

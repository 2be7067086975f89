import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RetryClock } from "../../../../src/core/driver/retry-clock.ts";

/** A clock that is set by hand, and the one timer that is set on it. */
class HandClock {
  now = 0;
  readonly told: number[] = [];
  readonly timers = new Set<{ readonly at: number; readonly action: () => void }>();
  readonly clock = new RetryClock({
    now: () => this.now,
    timers: {
      after: (ms, action) => {
        const timer = { at: this.now + ms / 1000, action };
        this.timers.add(timer);
        return () => void this.timers.delete(timer);
      },
    },
    due: (ids) => void this.told.push(...ids),
  });

  /** Lets time pass up to the next timer. @returns false when there is none. */
  ring(): boolean {
    const [timer] = this.timers;
    if (timer === undefined) return false;
    this.timers.delete(timer);
    this.now = Math.max(this.now, timer.at);
    timer.action();
    return true;
  }
}

test("every task is told of once, in the order of its time, and there is never more than one timer", () => {
  const steps = fc.array(fc.option(fc.integer({ min: 0, max: 200_000 }), { nil: undefined }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (delays) => {
      const hand = new HandClock();
      const due = new Map<number, number>();
      const at: [number, number][] = [];
      for (const [id, delay] of delays.entries()) {
        const before = hand.told.length;
        if (delay === undefined) hand.ring();
        else {
          due.set(id, hand.now + delay);
          hand.clock.add(id, delay);
        }
        expect(hand.timers.size).toBeLessThanOrEqual(1);
        for (const told of hand.told.slice(before)) at.push([told, hand.now]);
      }
      for (let more = true; more;) {
        const before = hand.told.length;
        more = hand.ring();
        for (const told of hand.told.slice(before)) at.push([told, hand.now]);
      }
      expect(hand.told.toSorted((a, b) => a - b)).toEqual([...due.keys()]);
      for (const [id, now] of at) expect(now).toBeGreaterThanOrEqual(due.get(id) ?? Infinity);
      expect(at.map(([id]) => due.get(id) ?? 0)).toEqual(at.map(([id]) => due.get(id) ?? 0).toSorted((a, b) => a - b));
    }),
  );
});

import { array, assert, boolean, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { EventQueue } from "../../simulation/world/event-queue.ts";

test("events come out by time, and by order where the time is the same", () => {
  const time = integer({ min: 0, max: 9 });
  assert(
    property(array(record({ time, isTaken: boolean() })), (steps) => {
      const [taken, expected]: [unknown[], unknown[]] = [[], []];
      const queue = new EventQueue<{ time: number; order: number }>();
      const inside: { time: number; order: number }[] = [];
      const earliest = (): { time: number; order: number } | undefined =>
        inside.toSorted((a, b) => a.time - b.time || a.order - b.order)[0];
      for (const [order, { time: at, isTaken }] of steps.entries()) {
        if (isTaken) {
          const first = earliest();
          taken.push(queue.pop());
          expected.push(first);
          if (first !== undefined) inside.splice(inside.indexOf(first), 1);
        } else {
          const event = { time: at, order };
          queue.push(event);
          inside.push(event);
        }
      }
      expect(taken).toEqual(expected);
      expect(queue.size).toBe(inside.length);
    }),
  );
});

import * as fc from "fast-check";
import { expect, it } from "vitest";

import type { Task } from "../../../../src/domain/task.ts";
import { OpenTasks } from "../../../../src/records/state/open-tasks.ts";

const ids = fc.oneof(fc.nat(3), fc.integer({ min: 254, max: 258 }), fc.constantFrom(2 ** 31 - 1, 2 ** 33 + 1));

it("open tasks are those that were put in and not taken out", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), ids)), (steps) => {
      const open = new OpenTasks();
      const wanted = new Map<number, Task>();
      for (const [isIn, id] of steps) {
        const task: Task = { kind: "task", id, line: 1, repeatIndex: -1, command: "true" };
        if (isIn) {
          open.set(id, task);
          wanted.set(id, task);
        } else {
          open.delete(id);
          wanted.delete(id);
        }
        expect(open.get(id)).toBe(wanted.get(id));
        expect(open.has(id)).toBe(wanted.has(id));
      }
      expect(new Set(open.values())).toEqual(new Set(wanted.values()));
    }),
  );
});

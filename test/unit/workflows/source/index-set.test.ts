import * as fc from "fast-check";
import { expect, test } from "vitest";
import { IndexSet } from "../../../../src/workflows/source/index-set.ts";
import { InstanceQueue } from "../../../../src/workflows/source/instance-queue.ts";
import { Rows } from "../../../../src/workflows/source/rows.ts";

test("a set of indexes gives the smallest one, whatever was added, in ranges or one by one, and taken", () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat(5000) }),
    fc.record({ from: fc.nat(3000), count: fc.nat(2000) }),
    fc.constant("take" as const),
    fc.record({ drop: fc.nat(5000) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const set = new IndexSet();
      const model = new Set<number>();
      for (const each of steps) {
        const smallest = model.size === 0 ? -1 : Math.min(...model);
        expect(set.first()).toBe(smallest);
        if (each === "take") model.delete(set.takeFirst());
        else if ("add" in each) {
          set.add(each.add);
          model.add(each.add);
        } else if ("drop" in each) {
          set.delete(each.drop);
          model.delete(each.drop);
        } else {
          const all = Array.from({ length: each.count }, (_, i) => each.from + i);
          if (all.some((index) => model.has(index))) continue;
          set.addRange(each.from, each.from + each.count);
          for (const index of all) model.add(index);
        }
        expect(set.size).toBe(model.size);
      }
      for (const index of model) expect(set.has(index)).toBe(true);
    }),
  );
});

test("a queue of instances keeps to the order of ranks and indexes, also when ranks change", () => {
  const instance = fc.record({ template: fc.nat(5), index: fc.nat(70) });
  fc.assert(
    fc.property(fc.array(instance, { maxLength: 40 }), fc.array(fc.boolean()), (added, takes) => {
      const queue = new InstanceQueue();
      const orders = [
        [3, 1, 5, 0, 2, 4],
        [0, 5, 4, 3, 2, 1],
      ];
      let order = orders[0] ?? [];
      queue.rank(order);
      let model: { readonly template: number; readonly index: number }[] = [];
      const take = (): void => {
        model.sort((a, b) => order.indexOf(a.template) - order.indexOf(b.template) || a.index - b.index);
        const next = model.shift();
        const template = queue.firstTemplate();
        expect([template, template < 0 ? undefined : queue.takeFrom(template)]).toEqual([
          next?.template ?? -1,
          next?.index,
        ]);
      };
      added.forEach((each, i) => {
        if (model.some(({ template, index }) => template === each.template && index === each.index)) return;
        if (i % 3 === 0) queue.addRange(each.template, each.index, each.index + 1);
        else queue.add(each.template, each.index);
        model = [...model, each];
        if (takes[i] === true) take();
        if (i === 20) queue.rank((order = orders[1] ?? []));
        expect(queue.size).toBe(model.length);
      });
      while (model.length > 0) take();
      expect(queue.firstTemplate()).toBe(-1);
    }),
  );
});

test("rows keep their numbers while they grow, each for itself", () => {
  const step = fc.record({ row: fc.nat(6), length: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const rows = new Rows((length) => new Int32Array(length));
      const model = new Map<number, number[]>();
      for (const { row, length } of steps) {
        rows.grow(row, length);
        const known = model.get(row) ?? [];
        while (known.length < length) known.push(0);
        known[length - 1] = length * 100 + row;
        model.set(row, known);
        rows.cells[rows.at(row) + length - 1] = length * 100 + row;
      }
      for (const [row, known] of model) {
        expect([...rows.cells.subarray(rows.at(row), rows.at(row) + known.length)]).toEqual(known);
      }
    }),
  );
});

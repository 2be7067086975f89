import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Needs } from "../../../../src/domain/terms/task-terms.ts";
import { Allotment, type Grant, type Stock } from "../../../../src/node/engine/allotment.ts";
import type { Gpu } from "../../../../src/node/engine/gpu-books.ts";

const GIB = 1024 ** 3;

function stock(more: Partial<Stock> = {}): Stock {
  const { slots = 2, coresPerSlot = 1 } = more;
  const cores = Array.from({ length: slots * coresPerSlot }, (_, cpu) => ({ cpus: [cpu], node: 0 }));
  return {
    slots,
    coresPerSlot,
    mostTasks: slots * coresPerSlot * 4,
    memory: 8 * GIB,
    named: { disk: 10 },
    gpus: [],
    hasSlotProcesses: false,
    bindsAll: false,
    cores: () => cores,
    ...more,
  };
}

function needs({ named = {}, ...more }: Partial<Omit<Needs, "named">> & { named?: Record<string, number> }): Needs {
  return { cores: undefined, memory: undefined, gpus: 0, ...more, named: new Map(Object.entries(named)) };
}

function givenBy(allotment: Allotment, wanted: Needs | undefined): Grant {
  const grant = allotment.take(wanted);
  if (grant === undefined) throw new Error("there is no room");
  return grant;
}

const freeGpus = (...ids: string[]): Gpu[] => ids.map((id) => ({ id, slots: [], isFixed: false }));
const gpusOfSlots = (...ids: string[]): Gpu[] => ids.map((id, slot) => ({ id, slots: [slot], isFixed: false }));

describe("tasks without needs", () => {
  test("take the slots in their order, and each slot again when it is free", () => {
    const allotment = new Allotment(stock());
    const first = givenBy(allotment, undefined);
    givenBy(allotment, undefined);
    expect(allotment.take(undefined)).toBeUndefined();
    allotment.giveBack(first);
    expect([first.slot, givenBy(allotment, undefined).slot]).toEqual([0, 0]);
  });

  test("count with all that their slots have when the first one comes that needs something", () => {
    const allotment = new Allotment(stock({ slots: 3 }));
    const plain = givenBy(allotment, undefined);
    expect(allotment.take(needs({ cores: 3 }))).toBeUndefined();
    expect(givenBy(allotment, needs({ cores: 2 })).cpus).toEqual([1, 2]);
    expect(allotment.take(undefined)).toBeUndefined();
    allotment.giveBack(plain);
    expect(givenBy(allotment, undefined).slot).toBe(0);
  });

  test("see the GPU of their slot, which nobody else is given meanwhile", () => {
    const allotment = new Allotment(stock({ gpus: gpusOfSlots("a", "b"), mostTasks: 2 }));
    const plain = givenBy(allotment, undefined);
    const one = givenBy(allotment, needs({ gpus: 1 }));
    expect([plain.slot, one.slot, one.gpus]).toEqual([0, 1, ["b"]]);
    allotment.giveBack(one);
    expect(allotment.take(needs({ gpus: 2 }))).toBeUndefined();
    allotment.giveBack(plain);
    expect(givenBy(allotment, needs({ gpus: 2 })).gpus).toEqual(["a", "b"]);
    expect(allotment.take(undefined)).toBeUndefined();
  });
});

describe("a task is given", () => {
  test("no more slots than it needs, though others stay idle", () => {
    const allotment = new Allotment(stock({ slots: 4 }));
    expect(givenBy(allotment, needs({ cores: 3 })).slot).toBe(0);
    expect(givenBy(allotment, undefined).slot).toBe(1);
    expect(allotment.take(undefined)).toBeUndefined();
  });

  test("slots beyond those of the engine when it needs a part of one, up to the most there may be", () => {
    const allotment = new Allotment(stock({ slots: 1, mostTasks: 3 }));
    const grants = [1, 2, 3].map(() => givenBy(allotment, needs({ cores: 0.25 })));
    expect(grants.map(({ slot }) => slot)).toEqual([0, 1, 2]);
    expect(allotment.take(needs({ cores: 0.25 }))).toBeUndefined();
    for (const grant of grants) allotment.giveBack(grant);
    expect(givenBy(allotment, undefined).slot).toBe(0);
  });

  test("parts of one core together with others that need a part", () => {
    const allotment = new Allotment(stock({ slots: 2 }));
    const cpus = [0.5, 0.25, 0.25, 1].map((cores) => givenBy(allotment, needs({ cores })).cpus);
    expect(cpus).toEqual([[0], [0], [0], [1]]);
  });

  test("what is left of several cores where no one core has enough", () => {
    const allotment = new Allotment(stock({ slots: 2 }));
    const first = givenBy(allotment, needs({ cores: 0.5 }));
    givenBy(allotment, needs({ cores: 0.5 }));
    const whole = givenBy(allotment, needs({ cores: 0.75 }));
    allotment.giveBack(first);
    expect(givenBy(allotment, needs({ cores: 0.75 })).cpus).toEqual([0, 1]);
    expect(whole.cpus).toEqual([1]);
  });

  test("cores of one NUMA node, of the one with the least room", () => {
    const cores = [0, 0, 0, 0, 1, 1, 1, 1].map((node, cpu) => ({ cpus: [cpu], node }));
    const allotment = new Allotment(stock({ slots: 8, cores: () => cores }));
    expect([3, 4, 1].map((count) => givenBy(allotment, needs({ cores: count })).cpus)).toEqual([
      [0, 1, 2],
      [4, 5, 6, 7],
      [3],
    ]);
  });

  test("memory and named resources while there are some, and what the engine does not have is not its business", () => {
    const allotment = new Allotment(stock({ slots: 8 }));
    const most = givenBy(allotment, needs({ memory: 5 * GIB, named: { disk: 7.5, license: 99 } }));
    expect(allotment.take(needs({ memory: 4 * GIB }))).toBeUndefined();
    expect(allotment.take(needs({ named: { disk: 2.6 } }))).toBeUndefined();
    expect(givenBy(allotment, needs({ named: { disk: 2.5 } })).slot).toBe(1);
    allotment.giveBack(most);
    expect(givenBy(allotment, needs({ memory: 8 * GIB, named: { disk: 7.5 } })).slot).toBe(0);
  });

  test("any memory where nobody knows how much there is", () => {
    const allotment = new Allotment(stock({ memory: undefined }));
    expect(givenBy(allotment, needs({ memory: 2 ** 50 })).slot).toBe(0);
  });

  test("its GPUs by their ids, lowest first, and the same when they are free again", () => {
    const allotment = new Allotment(stock({ slots: 4, gpus: freeGpus("a", "b", "c") }));
    const two = givenBy(allotment, needs({ gpus: 2 }));
    const one = givenBy(allotment, needs({ gpus: 1 }));
    expect([two.gpus, one.gpus]).toEqual([["a", "b"], ["c"]]);
    expect(allotment.take(needs({ gpus: 1 }))).toBeUndefined();
    expect(givenBy(allotment, undefined).gpus).toEqual([]);
    allotment.giveBack(two);
    expect(givenBy(allotment, needs({ gpus: 1 })).gpus).toEqual(["a"]);
  });
});

describe("where slots have processes of their own", () => {
  const processes = (more: Partial<Stock> = {}): Stock =>
    stock({ slots: 3, coresPerSlot: 2, hasSlotProcesses: true, ...more });

  test("a task that needs less than a slot runs beside others of its slot", () => {
    const allotment = new Allotment(processes());
    const grants = [1, 1, 1].map((cores) => givenBy(allotment, needs({ cores })));
    expect(grants.map(({ slot, home, cpus }) => [slot, home, cpus])).toEqual([
      [0, 0, [0]],
      [3, 0, [1]],
      [1, 1, [2]],
    ]);
  });

  test("a task that needs more has cores of several, and says so", () => {
    const allotment = new Allotment(processes());
    const { home, cpus, isSpread } = givenBy(allotment, needs({ cores: 3 }));
    expect([home, cpus, isSpread]).toEqual([0, [0, 1, 2], true]);
    const plain = givenBy(allotment, undefined);
    expect([plain.home, plain.isSpread]).toEqual([2, false]);
    expect(givenBy(allotment, needs({ cores: 1 })).home).toBe(1);
  });

  test("a GPU that only one slot can use is given to tasks in that slot", () => {
    const gpus = [0, 1, 2].map((slot) => ({ id: "0", slots: [slot], isFixed: true }));
    const allotment = new Allotment(processes({ gpus, mostTasks: 3 }));
    const grants = [1, 1].map(() => givenBy(allotment, needs({ gpus: 1 })));
    expect(grants.map(({ home }) => home)).toEqual([0, 1]);
    expect(allotment.take(needs({ gpus: 2 }))).toBeUndefined();
    expect(givenBy(allotment, undefined).home).toBe(2);
  });
});

/** What a task may ask for, of an engine of up to 6 cores. */
const anyNeeds = fc.option(
  fc.record({
    cores: fc.option(fc.constantFrom(0.25, 0.5, 1, 1.5, 2, 3), { nil: undefined }),
    memory: fc.option(
      fc.integer({ min: 1, max: 8 }).map((gib) => gib * GIB),
      { nil: undefined },
    ),
    gpus: fc.integer({ min: 0, max: 2 }),
    named: fc.constantFrom({}, { disk: 3 }, { disk: 10, license: 1 }),
  }),
  { nil: undefined },
);

const anyStock = fc
  .record({
    slots: fc.integer({ min: 1, max: 3 }),
    coresPerSlot: fc.integer({ min: 1, max: 2 }),
    hasSlotProcesses: fc.boolean(),
    bindsAll: fc.boolean(),
    kind: fc.constantFrom("none", "free", "of slots", "fixed"),
  })
  .map(({ kind, ...more }) => {
    const all = Array.from({ length: more.slots }, (_, slot) => slot);
    const gpus = {
      none: [],
      free: freeGpus("a", "b", "c"),
      "of slots": gpusOfSlots(...all.map((slot) => `gpu${slot}`)),
      fixed: all.map((slot) => ({
        id: more.hasSlotProcesses ? "0" : `${slot}`,
        slots: [slot],
        isFixed: more.hasSlotProcesses,
      })),
    }[kind];
    const mostTasks = kind === "none" || kind === "free" ? {} : { mostTasks: more.slots };
    return stock({ ...more, gpus, ...mostTasks });
  });

describe("whatever comes", () => {
  test("nothing is given twice or is more than there is, and all is back at the end", () => {
    fc.assert(
      fc.property(anyStock, fc.array(fc.tuple(anyNeeds, fc.nat(9))), (have, steps) => {
        const allotment = new Allotment(have);
        const running: { readonly grant: Grant; readonly wanted: Needs | undefined }[] = [];
        for (const [wants, ends] of steps) {
          const wanted = wants && needs(wants);
          const grant = allotment.take(wanted);
          if (grant !== undefined) running.push({ grant, wanted });
          else {
            const [over] = running.splice(ends % Math.max(1, running.length), 1);
            if (over !== undefined) allotment.giveBack(over.grant);
          }
          expect(faults(have, running)).toEqual([]);
        }
        for (const { grant } of running) allotment.giveBack(grant);
        expect(allotment.isIdle).toBe(true);
        const all = Array.from({ length: have.slots }, () => allotment.take(undefined)?.slot);
        expect(new Set(all)).toEqual(new Set(Array.from({ length: have.slots }, (_, slot) => slot)));
      }),
      { numRuns: 500 },
    );
  });

  test("what fits into an engine where nothing runs is started there", () => {
    fc.assert(
      fc.property(anyStock, anyNeeds, fc.array(anyNeeds), (have, last, before) => {
        const wanted = last && needs(last);
        const fits = new Allotment(have).take(wanted) !== undefined;
        const allotment = new Allotment(have);
        const grants = before.map((one) => allotment.take(one && needs(one)));
        for (const grant of grants) if (grant !== undefined) allotment.giveBack(grant);
        expect(allotment.take(wanted) !== undefined).toBe(fits);
      }),
    );
  });
});

type Running = readonly { readonly grant: Grant; readonly wanted: Needs | undefined }[];

/** What is wrong with what runs: more of something than there is, or the same thing given twice. */
function faults({ slots, coresPerSlot, memory = 0, mostTasks, gpus }: Stock, running: Running): string[] {
  const sum = (of: (wanted: Needs | undefined) => number): number =>
    running.reduce((total, { wanted }) => total + of(wanted), 0);
  const isTwice = (list: readonly unknown[]): boolean => new Set(list).size < list.length;
  const found: readonly (readonly [what: string, isSo: boolean])[] = [
    ["cores", sum((wanted) => wanted?.cores ?? coresPerSlot) > slots * coresPerSlot],
    ["memory", sum((wanted) => wanted?.memory ?? 0) > memory],
    ["disk", sum((wanted) => wanted?.named.get("disk") ?? 0) > 10],
    ["tasks", running.length > mostTasks],
    ["a slot twice", isTwice(running.map(({ grant }) => grant.slot))],
    ["a GPU twice", isTwice(running.flatMap((task) => gpusHad(task, gpus)))],
    // A task with as many processors as cores has each of them for itself.
    ["a processor twice", running.some((task) => hasAll(task, coresPerSlot, "just") && sharesCpus(task, running))],
    [
      "a processor missing",
      running.some((task) => task.wanted !== undefined && !hasAll(task, coresPerSlot, "or more")),
    ],
  ];
  return found.flatMap(([what, isSo]) => (isSo ? [what] : []));
}

function hasAll({ grant, wanted }: Running[number], coresPerSlot: number, how: "just" | "or more"): boolean {
  const cores = wanted?.cores ?? coresPerSlot;
  return how === "just" ? grant.cpus.length === cores : grant.cpus.length >= cores;
}

function sharesCpus({ grant }: Running[number], running: Running): boolean {
  const others = running.flatMap((other) => (other.grant === grant ? [] : other.grant.cpus));
  return grant.cpus.some((cpu) => others.includes(cpu));
}

/** Each GPU that a task has, with the slots that it belongs to; those that it sees because of its slot count, too. */
function gpusHad({ grant, wanted }: Running[number], gpus: readonly Gpu[]): string[] {
  const isReached = ({ slots, isFixed }: Gpu): boolean => !isFixed || slots.includes(grant.home);
  const asked = grant.gpus.map((id) => gpus.find((gpu) => gpu.id === id && isReached(gpu)));
  const seen = (wanted?.gpus ?? 0) > 0 ? [] : gpus.filter(({ slots }) => slots.includes(grant.slot));
  return [...asked, ...seen].map((gpu) => `${gpu?.id} of ${gpu?.slots.join()}`);
}

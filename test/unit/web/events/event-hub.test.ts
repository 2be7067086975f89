import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeBetween } from "../../../../src/domain/view-changes.ts";
import { EventRing } from "../../../../src/web/events/event-ring.ts";
import { MOST_READERS } from "../../../../src/web/events/event-readers.ts";
import { START } from "../../faces/terminal/events.ts";
import { EventRun } from "./event-run.ts";
import { Reading } from "./reading.ts";

const LOST = { state: "lost", since: START, why: "nobody answers", hasDied: true } as const;

/** Whether a reader shows what the run is: the time alone may be older. */
function shows(reading: Reading, run: EventRun): boolean {
  return reading.view !== undefined && changeBetween(reading.view, run.view) === undefined;
}

describe("readers of events", () => {
  it("are told where the run stands, and then what changes", async () => {
    const run = new EventRun();
    const reading = new Reading(run.open());
    expect(await reading.take()).toEqual(["snapshot"]);
    expect([reading.lastId, shows(reading, run)]).toEqual(["e0-0", true]);
    run.succeed(1);
    expect([await reading.take(), reading.lastId, shows(reading, run)]).toEqual([["delta"], "e0-1", true]);
  });

  it("are told at most four times a second, and the last change always", async () => {
    const run = new EventRun();
    const reading = new Reading(run.open());
    await reading.take();
    let told = 0;
    for (let change = 1; change <= 100; change++) {
      run.succeed(change);
      run.clock.pass(10);
      told += (await reading.take()).length;
    }
    expect(told).toBeLessThanOrEqual(5);
    run.clock.pass(250);
    await reading.take();
    expect(shows(reading, run)).toBe(true);
  });

  it("are told nothing while nothing changes, but that the connection is there", async () => {
    const run = new EventRun();
    const reading = new Reading(run.open());
    await reading.take();
    run.change({ now: START + 1 });
    run.clock.pass(14_000);
    expect(await reading.take()).toEqual([]);
    run.clock.pass(1000);
    expect(await reading.take()).toEqual(["comment"]);
    run.clock.pass(15_000);
    expect(await reading.take()).toEqual(["comment"]);
  });

  it("cost nothing when there are none", () => {
    const run = new EventRun();
    const { looks } = run;
    for (let change = 1; change < 100; change++) run.succeed(change);
    run.clock.pass(10_000);
    expect([run.looks, run.clock.waiting]).toEqual([looks, 0]);
  });

  it("cost one look and one text for each change, however many there are", async () => {
    const run = new EventRun();
    const readings = Array.from({ length: 10 }, () => new Reading(run.open()));
    for (const reading of readings) await reading.take();
    const { looks } = run;
    run.succeed(1);
    for (const reading of readings) expect(await reading.take()).toEqual(["delta"]);
    expect(run.looks).toBe(looks + 1);
  });

  it("cost no timer for each event", async () => {
    const run = new EventRun();
    const reading = new Reading(run.open());
    await reading.take();
    run.clock.pass(250);
    const { timers } = run.clock;
    for (let change = 1; change <= 50; change++) {
      run.succeed(change);
      expect(await reading.take()).toEqual(["delta"]);
      run.clock.pass(250);
    }
    expect(run.clock.timers).toBe(timers);
    // The one that was there goes off, and finds that something has been heard meanwhile.
    run.clock.pass(14_000);
    expect(await reading.take()).toEqual([]);
    run.clock.pass(1000);
    expect(await reading.take()).toEqual(["comment"]);
  });

  it("that are slow get the newest state, and no queue", async () => {
    const run = new EventRun();
    const [slow, quick] = [new Reading(run.open()), new Reading(run.open())];
    await slow.take();
    await quick.take();
    // The slow one has asked for a piece, and does not take what it is given.
    for (let change = 1; change <= 50; change++) {
      run.succeed(change);
      run.clock.pass(250);
      await quick.take();
    }
    expect(await slow.take()).toEqual(["delta", "delta"]);
    expect([slow.lastId, shows(slow, run), quick.events.length]).toEqual([quick.lastId, true, 51]);
  });

  it("that take nothing are let go, and may come back", async () => {
    const run = new EventRun();
    const reading = new Reading(run.open());
    run.clock.pass(121_000);
    await reading.take();
    await reading.take();
    expect([reading.isClosed, run.clock.waiting]).toEqual([true, 0]);
    expect(await new Reading(run.open()).take()).toEqual(["snapshot"]);
  });

  it("leave nothing behind when they hang up", async () => {
    const run = new EventRun();
    const readings = Array.from({ length: MOST_READERS }, () => new Reading(run.open()));
    for (const reading of readings) await reading.take();
    expect(run.readers.isFull).toBe(true);
    for (const reading of readings) await reading.hangUp();
    expect([run.readers.isFull, run.clock.waiting]).toEqual([false, 0]);
  });
});

describe("a reader that comes back", () => {
  it("is told what it has missed, one event after the other", async () => {
    const run = new EventRun();
    const before = new Reading(run.open());
    const other = new Reading(run.open());
    await before.take();
    await other.take();
    await before.hangUp();
    for (const change of [1, 2, 3]) {
      run.succeed(change);
      run.clock.pass(250);
      await other.take();
    }
    const after = new Reading(run.open(before.lastId));
    after.view = before.view;
    expect(await after.take()).toEqual(["delta", "delta", "delta"]);
    expect([after.lastId, shows(after, run)]).toEqual([other.lastId, true]);
  });

  it.each([["e9-0"], ["e0-7"], ["nonsense"], ["e0--1"], ["e0-1e3"], [""], ["e0-99999999999999999999"]])(
    "is told all of it once when it comes with %j, which nobody knows",
    async (id) => {
      const run = new EventRun();
      const reading = new Reading(run.open(id));
      expect([await reading.take(), shows(reading, run)]).toEqual([["resync"], true]);
      run.succeed(1);
      expect(await reading.take()).toEqual(["delta"]);
    },
  );

  it("is told all of it once when what it has missed is not kept any more", async () => {
    const run = new EventRun();
    const other = new Reading(run.open());
    for (let change = 1; change <= 1030; change++) {
      run.succeed(change);
      run.clock.pass(250);
      await other.take();
    }
    const [old, recent] = [new Reading(run.open("e0-3")), new Reading(run.open("e0-7"))];
    recent.view = run.view;
    expect(await old.take()).toEqual(["resync"]);
    expect((await recent.take()).length).toBe(1023);
    expect(shows(old, run)).toBe(true);
  });

  it("is told what has changed while nobody read", async () => {
    const run = new EventRun();
    const before = new Reading(run.open());
    await before.take();
    await before.hangUp();
    run.succeed(5);
    run.succeed(6);
    const after = new Reading(run.open(before.lastId));
    after.view = before.view;
    expect([await after.take(), shows(after, run)]).toEqual([["delta"], true]);
  });
});

describe("a run that is lost, is found again, and ends", () => {
  it("is told as such, and nothing follows its end", async () => {
    const run = new EventRun();
    const reading = new Reading(run.open());
    await reading.take();
    run.change({}, LOST);
    expect([await reading.take(), reading.events.at(-1)?.data]).toEqual([["phase"], { phase: "running", link: LOST }]);
    run.clock.pass(250);
    run.warnings.push("its driver has died");
    run.change({ tasks: { ...run.view.tasks, succeeded: 7 } }, { state: "live" });
    expect(await reading.take()).toEqual(["phase", "warning", "delta"]);
    run.clock.pass(250);
    run.change({ phase: "ended", ended: START + 9 }, { state: "over" });
    expect([await reading.take(), shows(reading, run)]).toEqual([["phase", "end"], true]);
    await reading.take();
    expect([reading.isClosed, run.clock.waiting]).toEqual([true, 0]);
    expect(run.open(reading.lastId)).toBeUndefined();
  });

  it("is told to have ended, and nothing else, to those who come when something has changed since", async () => {
    const run = new EventRun();
    await new Reading(run.open()).take();
    run.change({ phase: "ended", ended: START + 9 }, { state: "over" });
    run.warnings.push("a line of the journal is none");
    run.change({});
    const reading = new Reading(run.open());
    expect([await reading.take(), shows(reading, run)]).toEqual([["snapshot", "end"], true]);
    await reading.take();
    expect([reading.isClosed, run.open(reading.lastId)]).toEqual([true, undefined]);
  });

  it("is told to go on, with what was warned of meanwhile, when it is taken up again", async () => {
    const run = new EventRun("e0", { state: "over" });
    const before = new Reading(run.open());
    await before.take();
    run.warnings.push("a line of the journal is none");
    run.change({ phase: "running" }, { state: "live" });
    const after = new Reading(run.open(before.lastId));
    after.view = before.view;
    expect([await after.take(), shows(after, run)]).toEqual([["phase", "warning"], true]);
    run.clock.pass(250);
    run.succeed(1);
    expect([await after.take(), shows(after, run)]).toEqual([["delta"], true]);
  });

  it("is told to have ended once more when it was taken up and has ended while nobody read", async () => {
    const run = new EventRun("e0", { state: "over" });
    run.change({ phase: "ended", ended: START + 9 });
    const before = new Reading(run.open());
    await before.take();
    run.change({ started: START + 100, ended: START + 109, tasks: { ...run.view.tasks, succeeded: 9 } });
    const [late, after] = [new Reading(run.open()), new Reading(run.open(before.lastId))];
    expect([await late.take(), shows(late, run)]).toEqual([["snapshot", "end"], true]);
    expect([await after.take(), shows(after, run)]).toEqual([["end"], true]);
    await after.take();
    expect([after.isClosed, run.open(after.lastId)]).toEqual([true, undefined]);
  });

  it("is told from its records to those who come after its end", async () => {
    const run = new EventRun("e0", { state: "over" });
    const reading = new Reading(run.open());
    expect(await reading.take()).toEqual(["snapshot", "end"]);
    await reading.take();
    expect([reading.isClosed, reading.events.map(({ id }) => id)]).toEqual([true, ["e0-0", "e0-1"]]);
    expect(run.open(reading.lastId)).toBeUndefined();
    expect(await new Reading(run.open("e0-0")).take()).toEqual(["end"]);
  });
});

describe("warnings", () => {
  it("are told that were not there before, wherever they stand among the others", async () => {
    const run = new EventRun();
    run.warnings.push("one line is none", "a", "b");
    const reading = new Reading(run.open());
    await reading.take();
    const told = async (...warnings: readonly string[]): Promise<unknown[]> => {
      const before = reading.events.length;
      run.warnings.splice(0, Infinity, ...warnings);
      run.change({});
      run.clock.pass(250);
      await reading.take();
      return reading.events.slice(before).map(({ data }) => data);
    };
    expect(await told("two lines are none", "a", "b")).toEqual([{ text: "two lines are none" }]);
    expect(await told("a")).toEqual([]);
    expect(await told("a", "c")).toEqual([{ text: "c" }]);
  });
});

/** What happens to a run and its readers. */
const anyStory = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant("change" as const), tasks: fc.nat(1000) }),
    fc.record({ do: fc.constant("lose" as const) }),
    fc.record({ do: fc.constant("warn" as const) }),
    fc.record({ do: fc.constant("pass" as const), ms: fc.nat(600) }),
    fc.record({ do: fc.constant("take" as const), who: fc.nat(2) }),
    fc.record({ do: fc.constant("reconnect" as const), who: fc.nat(2) }),
  ),
  { maxLength: 60 },
);

it("whatever happens, readers know in the end how the run stands, however slow they are and however often they come back", async () => {
  await fc.assert(
    fc.asyncProperty(anyStory, async (story) => {
      const run = new EventRun();
      const readings = [0, 1, 2].map(() => new Reading(run.open()));
      const reconnect = async (who: number): Promise<void> => {
        const before = readings[who];
        await before?.hangUp();
        const id = before?.lastId ?? "";
        const after = new Reading(run.open(id === "" ? undefined : id));
        after.view = before?.view;
        after.lastId = id;
        readings[who] = after;
      };
      for (const step of story) {
        if (step.do === "change") run.succeed(step.tasks);
        else if (step.do === "lose") run.change({}, run.followed.link.state === "lost" ? { state: "live" } : LOST);
        else if (step.do === "warn") run.warnings.push(`warning ${run.warnings.length}`);
        else if (step.do === "pass") run.clock.pass(step.ms);
        else if (step.do === "take") await readings[step.who]?.take();
        else await reconnect(step.who);
      }
      run.clock.pass(300);
      for (const reading of readings) {
        await reading.take();
        expect(shows(reading, run)).toBe(true);
        await reading.hangUp();
      }
      expect(run.clock.waiting).toBe(0);
    }),
    { numRuns: 100 },
  );
});

describe("what is kept of events", () => {
  it("is bounded in number and in length", () => {
    const ring = new EventRing();
    for (let event = 1; event <= 2000; event++) ring.add(`${event};`);
    expect([ring.after(975), ring.after(1998), ring.after(2000), ring.after(2001)]).toEqual([
      undefined,
      "1999;2000;",
      "",
      undefined,
    ]);
    expect(ring.after(976)?.split(";").length).toBe(1025);
    const long = "x".repeat(5 * 1024 * 1024);
    for (let event = 1; event <= 3; event++) ring.add(long);
    expect([ring.after(2001), ring.after(2002)?.length]).toEqual([undefined, long.length]);
  });
});

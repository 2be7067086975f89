import { describe, expect, test } from "vitest";
import { TestWorld } from "./in-world.ts";

describe("time", () => {
  test("passes from one happening to the next, whatever it takes in reality", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(3_600_000, process, () => here.note("an hour"));
    here.at(1, process, () => here.note("a millisecond"));
    expect(await here.run()).toEqual(["1 a millisecond", "3600000 an hour"]);
  });

  test("does not go on before what a happening has set off in microtasks is done", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(1, process, () => {
      void (async () => {
        for (let i = 0; i < 100; i++) await Promise.resolve();
        await new Promise<void>((resolve) => globalThis.process.nextTick(resolve));
        here.note("done");
      })();
    });
    here.at(2, process, () => here.note("next"));
    expect(await here.run()).toEqual(["1 done", "2 next"]);
  });

  test("is what clocks show inside, and not outside", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    const before = Date.now();
    let [earlier, later] = [0, 0];
    here.at(1_000_000, process, () => (earlier = Date.now()));
    here.at(5_000_000, process, () => (later = Date.now()));
    await here.run();
    expect(later - earlier).toBe(4_000_000);
    expect(Date.now() - before).toBeLessThan(4_000_000);
  });
});

describe("a timer", () => {
  test("fires when its time has come, for the process that has set it", async () => {
    const here = new TestWorld();
    const [a, b] = [here.addProcess("a"), here.addProcess("b")];
    for (const process of [a, b]) {
      here.at(0, process, () => void setTimeout(() => here.note(here.world.self.name), process === a ? 20 : 10));
    }
    expect(await here.run()).toEqual(["10 b", "20 a"]);
  });

  test("of a process that is killed does not fire", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(0, process, () => void setInterval(() => here.note("tick"), 10));
    here.befall(25, () => here.mishaps.kill(process));
    expect(await here.run()).toEqual(["10 tick", "20 tick"]);
  });

  test("that repeats can be cleared while it fires", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(0, process, () => {
      const timer = setInterval(() => {
        here.note("tick");
        clearInterval(timer);
      }, 10);
    });
    expect(await here.run()).toEqual(["10 tick"]);
  });

  test("can be set anew", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(0, process, () => {
      const timer = setTimeout(() => here.note("fires"), 10);
      setTimeout(() => timer.refresh().unref(), 5);
    });
    expect(await here.run()).toEqual(["15 fires"]);
  });

  test("waits while its process is stopped, and fires once when it goes on", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(0, process, () => {
      const timer = setInterval(() => here.note("tick"), 10);
      setTimeout(() => clearInterval(timer), 80);
    });
    here.befall(15, () => here.mishaps.stop(process));
    here.befall(55, () => here.mishaps.resume(process));
    expect(await here.run()).toEqual(["10 tick", "55 tick", "65 tick", "75 tick"]);
  });

  test("stands still while its host sleeps", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(0, process, () => void setTimeout(() => here.note("fires"), 100));
    here.befall(10, () => here.mishaps.freeze(process.host, true));
    here.befall(1_010, () => here.mishaps.thaw(process.host));
    expect(await here.run()).toEqual(["1100 fires"]);
  });

  test("goes on while its host is only frozen, and fires soon after the thaw", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    here.at(0, process, () => void setTimeout(() => here.note("fires"), 100));
    here.befall(10, () => here.mishaps.freeze(process.host, false));
    here.befall(1_010, () => here.mishaps.thaw(process.host));
    await here.run();
    expect(here.log).toHaveLength(1);
    expect(Number.parseInt(here.log[0] ?? "", 10)).toBeGreaterThanOrEqual(1_010);
    expect(Number.parseInt(here.log[0] ?? "", 10)).toBeLessThan(1_040);
  });

  test("that is set outside of the world is a real one", async () => {
    const here = new TestWorld();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(here.world.now).toBe(0);
  });
});

describe("a host", () => {
  test("that crashes takes its processes along, and comes up with none", async () => {
    const here = new TestWorld();
    const process = here.addProcess("a");
    process.onEnd((how) => here.note(how));
    here.at(0, process, () => void setTimeout(() => here.note("fires"), 100));
    here.befall(10, () => here.mishaps.crash(process.host));
    here.befall(20, () => here.mishaps.boot(process.host));
    expect(await here.run()).toEqual(["10 vanished"]);
    expect(process.host.processes.size).toBe(0);
  });

  test("may have a calendar of its own", async () => {
    const here = new TestWorld();
    const [a, b] = [here.addProcess("a"), here.addProcess("b")];
    const times: number[] = [];
    here.mishaps.setCalendar(b.host, 60_000);
    for (const process of [a, b]) here.at(5, process, () => void times.push(Date.now()));
    await here.run();
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(60_000);
  });
});

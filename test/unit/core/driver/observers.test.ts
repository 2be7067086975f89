import { expect, test } from "vitest";
import { Observers } from "../../../../src/core/driver/observers.ts";
import type { RunEvent, RunObserver } from "../../../../src/domain/events.ts";

/** Observers by a clock that only they move. */
class Listening {
  readonly said: string[] = [];
  /** Names, in the order in which they were told something. */
  readonly told: string[] = [];
  now = 0;
  readonly #observers: Observers;

  /** @param does what each does with an event, by name. */
  constructor(does: Readonly<Record<string, RunObserver["handle"]>>) {
    const observers = Object.entries(does).map(([name, handle]): RunObserver => ({
      name,
      handle: (event) => {
        this.told.push(name);
        return handle(event);
      },
    }));
    this.#observers = new Observers(
      observers,
      (message) => void this.said.push(message),
      () => this.now,
    );
  }

  tell(times = 1): void {
    const event: RunEvent = { type: "note", time: 1, message: "" };
    for (let i = 0; i < times; i++) this.#observers.tell(event);
  }

  /** How often the observer was told something. */
  count(name: string): number {
    return this.told.filter((other) => other === name).length;
  }
}

const nothing = (): void => undefined;

test("one that throws is cut off and told of once, after the others have been told the event", async () => {
  const listening = new Listening({
    bad: () => {
      throw new Error("no such page");
    },
    good: nothing,
  });
  listening.tell(3);
  await Promise.resolve();
  expect(listening.told).toEqual(["bad", "good", "good", "good"]);
  expect(listening.said).toEqual([expect.stringMatching(/^bad has failed: .*no such page.*told nothing more/s)]);
});

test("one whose promises are rejected is cut off, and told of once", async () => {
  const listening = new Listening({ bad: () => Promise.reject(new Error("no mail server")) });
  listening.tell(2);
  await expect.poll(() => listening.said).toEqual([expect.stringMatching(/^bad has failed: .*no mail server/s)]);
  listening.tell();
  expect(listening.count("bad")).toBe(2);
});

test("one that keeps too many promises open is cut off", async () => {
  const listening = new Listening({ slow: () => new Promise(nothing), good: () => Promise.resolve() });
  for (let i = 0; i < 2000; i++) {
    listening.tell();
    await Promise.resolve();
  }
  expect([listening.count("slow"), listening.count("good")]).toEqual([1001, 2000]);
  expect(listening.said).toEqual([expect.stringMatching(/^slow is too slow/)]);
});

test("one that takes seconds each time is cut off after a few events", async () => {
  const listening = new Listening({ slow: () => void (listening.now += 3), good: nothing });
  listening.tell(100);
  await Promise.resolve();
  expect(listening.count("slow")).toBeLessThan(10);
  expect(listening.count("good")).toBe(100);
  expect(listening.said).toEqual([expect.stringMatching(/^slow is too slow/)]);
});

test("one that takes a little of each of many events, and so most of the run's time, is cut off in a few seconds", () => {
  const listening = new Listening({ slow: () => void (listening.now += 0.001), good: nothing });
  listening.tell(10_000);
  expect(listening.now).toBeGreaterThan(2);
  expect(listening.now).toBeLessThan(6);
});

test("one that takes a third of the run's time is not, however long that goes on", () => {
  const listening = new Listening({ busy: () => void (listening.now += 0.001) });
  for (let i = 0; i < 20_000; i++) {
    listening.tell();
    listening.now += 0.002;
  }
  expect([listening.count("busy"), listening.said]).toEqual([20_000, []]);
});

test("one that is held up once, for a minute, is not", () => {
  let held = false;
  const listening = new Listening({ terminal: () => void (listening.now += held ? 60 : 0) });
  for (let i = 0; i < 300; i++) {
    held = i === 100;
    listening.tell();
    listening.now += 0.01;
  }
  expect([listening.count("terminal"), listening.said]).toEqual([300, []]);
});

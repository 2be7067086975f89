import { describe, expect, test } from "vitest";
import { Observers } from "../../../../src/core/driver/observers.ts";
import type { RunEvent, RunObserver } from "../../../../src/domain/events.ts";

const EVENT: RunEvent = { type: "note", time: 0, message: "" };

describe("observers", () => {
  test("hear of events in order, when the turn is over", async () => {
    const one = new Noting("one");
    const other = new Noting("other");
    const { observers } = make([one, other]);
    observers.note(note("a"));
    observers.note(note("b"));
    expect(one.heard).toEqual([]);
    await Promise.resolve();
    expect([one.heard, other.heard]).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  test("hear at the end what they have not heard yet, and hear it once", async () => {
    const one = new Noting("one");
    const { observers } = make([one]);
    observers.note(note("a"));
    observers.tell();
    await Promise.resolve();
    expect(one.heard).toEqual(["a"]);
  });

  test("hear of what happens because they have been told", async () => {
    const one = new Noting("one");
    const { observers } = make([
      { name: "cause", observe: (event) => (event === EVENT ? observers.note(note("a")) : undefined) },
      one,
    ]);
    observers.note(EVENT);
    await Promise.resolve();
    expect(one.heard).toEqual(["", "a"]);
  });
});

describe("an observer is told nothing more, and the run is told so once,", () => {
  test("when it throws; the others hear everything", async () => {
    let calls = 0;
    const broken: RunObserver = {
      name: "the broken one",
      observe: () => {
        calls++;
        throw new Error("it is broken");
      },
    };
    const one = new Noting("one");
    const { observers, said } = make([broken, one]);
    observers.note(note("a"));
    observers.note(note("b"));
    await Promise.resolve();
    observers.note(note("c"));
    await Promise.resolve();
    expect(one.heard).toEqual(["a", "b", "c"]);
    expect([calls, said]).toEqual([1, ["the broken one is told nothing more of the run: it is broken"]]);
  });

  test("when its promise is rejected", async () => {
    const broken: RunObserver = { name: "mail", observe: () => Promise.reject(new Error("no such host")) };
    const { observers, said } = make([broken]);
    observers.note(note("a"));
    observers.note(note("b"));
    observers.tell();
    await Promise.resolve();
    expect(said).toEqual(["mail is told nothing more of the run: no such host"]);
  });

  test("when it leaves too many events open", () => {
    const slow: RunObserver = { name: "mail", observe: () => new Promise(() => undefined) };
    const { observers, said } = make([slow]);
    for (let i = 0; i < 1000; i++) observers.note(EVENT);
    observers.tell();
    expect(said).toEqual([]);
    observers.note(EVENT);
    observers.tell();
    expect(said).toEqual(["mail is told nothing more of the run: it is 1000 events behind"]);
  });

  test("when it takes more than a tenth of the run's time for long", () => {
    const { observers, said, clock } = make([{ name: "the slow one", observe: () => void (clock.now += 0.05) }]);
    const turn = (): void => {
      clock.now += 0.05;
      observers.note(EVENT);
      observers.tell();
    };
    // Of the 0.1 s of a turn it takes 0.05 s and earns 0.01 s.
    for (let i = 0; i < 124; i++) turn();
    expect(said).toEqual([]);
    for (let i = 0; i < 10; i++) turn();
    expect(said).toEqual(["the slow one is told nothing more of the run: it holds the run up"]);
  });
});

test("an observer may be held up for long now and then", () => {
  const { observers, said, clock } = make([{ name: "a stopped terminal", observe: () => void (clock.now += 600) }]);
  for (let i = 0; i < 40; i++) {
    clock.now += 1;
    observers.note(EVENT);
    observers.tell();
  }
  expect(said).toEqual([]);
});

test("an observer that takes a twentieth of the run's time is never too slow", () => {
  const { observers, said, clock } = make([{ name: "a busy one", observe: () => void (clock.now += 0.05) }]);
  for (let i = 0; i < 10_000; i++) {
    clock.now += 0.95;
    observers.note(EVENT);
    observers.tell();
  }
  expect(said).toEqual([]);
});

class Noting implements RunObserver {
  readonly name: string;
  readonly heard: string[] = [];

  constructor(name: string) {
    this.name = name;
  }

  observe(event: RunEvent): void {
    if (event.type === "note") this.heard.push(event.message);
  }
}

function note(message: string): RunEvent {
  return { type: "note", time: 0, message };
}

function make(given: readonly RunObserver[]): { observers: Observers; said: string[]; clock: { now: number } } {
  const said: string[] = [];
  const clock = { now: 0 };
  const observers = new Observers(
    given,
    () => clock.now,
    (message) => said.push(message),
  );
  return { observers, said, clock };
}

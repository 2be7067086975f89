import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Strangers } from "../../../src/wire/strangers.ts";

const MOST = 5;

/** Strangers who are called as they came: each by its address and a number. */
function crowd(...addresses: readonly string[]): Strangers<string> {
  const strangers = new Strangers<string>(MOST, 3);
  for (const [i, address] of addresses.entries()) strangers.add(`${address}#${i}`, address);
  return strangers;
}

describe("who has to go when there are too many", () => {
  test("is nobody while there is room", () => {
    expect(crowd("a", "a", "a", "a", "a").isOverfull).toBe(false);
    expect(crowd("a", "a", "a", "a", "a", "a").isOverfull).toBe(true);
  });

  test("is the one who has waited longest of the network that most come from", () => {
    expect(crowd("b", "a", "c", "a", "b", "a").leastWelcome()).toBe("a#1");
    expect(crowd("a", "a", "a", "a", "a", "b").leastWelcome()).toBe("a#0");
    expect(crowd("b", "a", "a", "a", "a", "a").leastWelcome()).toBe("a#1");
  });

  test("is the newcomer when all come from different networks", () => {
    expect(crowd("a", "b", "c", "d", "e", "f").leastWelcome()).toBe("f#5");
  });

  test("is nobody when there is nobody", () => {
    expect(crowd().leastWelcome()).toBeUndefined();
  });

  test("does not depend on those who have gone", () => {
    const strangers = crowd("a", "a", "a", "b", "b");
    for (const gone of ["a#0", "a#1"]) expect(strangers.delete(gone)).toBe(true);
    expect(strangers.delete("a#0")).toBe(false);
    expect(strangers.leastWelcome()).toBe("b#3");
    expect([...strangers]).toEqual(["a#2", "b#3", "b#4"]);
  });

  test("is never an honest one from elsewhere, however many come from one place", () => {
    const honest = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: MOST - 2 });
    fc.assert(
      fc.property(honest, (places) => {
        const strangers = new Strangers<string>(MOST, 3);
        for (let i = 0; i <= 200; i++) {
          if (places.includes(i)) strangers.add(`honest#${i}`, `honest${i}`);
          strangers.add(`flood#${i}`, "flood");
          while (strangers.isOverfull) strangers.delete(strangers.leastWelcome() ?? "");
        }
        expect([...strangers].filter((name) => name.startsWith("honest"))).toHaveLength(places.length);
      }),
    );
  });
});

test("each has the same number of ticks, from when it came", () => {
  const strangers = crowd("a", "b");
  expect(strangers.tick()).toEqual([]);
  strangers.add("late", "c");
  strangers.delete("b#1");
  expect(strangers.tick()).toEqual([]);
  expect(strangers.tick()).toEqual(["a#0"]);
  strangers.delete("a#0");
  expect(strangers.tick()).toEqual(["late"]);
});

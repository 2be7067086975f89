import * as fc from "fast-check";
import { expect, test } from "vitest";
import { staysServed, type WebPresence } from "../../../src/cli/web-stay.ts";

const MINUTE = 60_000;
const OVER: WebPresence = {
  goesOn: false,
  readers: 0,
  lastReader: undefined,
  lastPage: undefined,
  lastAsked: undefined,
  begunAgain: undefined,
  overSince: 0,
  now: 0,
};

test("a page is served while its run goes on, whether anybody looks or not", () => {
  expect(staysServed({ ...OVER, goesOn: true, overSince: undefined, now: 1000 * MINUTE })).toBe(true);
});

test("nothing stays when the run is over and nobody has looked", () => {
  expect(staysServed(OVER)).toBe(false);
});

test("programs that ask do not keep it", () => {
  expect(staysServed({ ...OVER, lastAsked: -1 })).toBe(false);
});

test("who looks at the page sees how the run has ended, for ten minutes after the last click", () => {
  expect(staysServed({ ...OVER, readers: 1, now: 59 * MINUTE })).toBe(true);
  expect(staysServed({ ...OVER, lastReader: 0, now: 9 * MINUTE })).toBe(true);
  expect(staysServed({ ...OVER, lastReader: 0, now: 10 * MINUTE })).toBe(false);
  expect(staysServed({ ...OVER, lastReader: 0, lastAsked: 9 * MINUTE, now: 18 * MINUTE })).toBe(true);
});

test("a page in a tab that nobody sees, which asked a minute ago, is served as those that hear of the run", () => {
  const unseen = { ...OVER, lastReader: -60 * MINUTE, lastPage: -MINUTE };
  expect(staysServed(unseen)).toBe(true);
  expect(staysServed({ ...unseen, now: 9 * MINUTE })).toBe(false);
  expect(staysServed({ ...unseen, lastPage: -2 * MINUTE })).toBe(false);
});

test("who has gone long before the end does not come back", () => {
  expect(staysServed({ ...OVER, lastReader: -11_000, lastAsked: -1, now: 1 })).toBe(false);
});

test("who has looked at a page that has died has twenty seconds to come back to the one in its place", () => {
  const again = { ...OVER, begunAgain: -MINUTE / 6 };
  expect(staysServed(again)).toBe(true);
  expect(staysServed({ ...again, now: MINUTE / 6 })).toBe(false);
  expect(staysServed({ ...again, lastReader: 4000, now: MINUTE })).toBe(true);
});

test("an hour after the end it is over, whatever happens", () => {
  const presence = fc.record<WebPresence>({
    goesOn: fc.constant(false),
    readers: fc.nat(3),
    lastReader: fc.option(fc.integer(), { nil: undefined }),
    lastPage: fc.option(fc.integer(), { nil: undefined }),
    lastAsked: fc.option(fc.integer(), { nil: undefined }),
    begunAgain: fc.option(fc.integer(), { nil: undefined }),
    overSince: fc.nat(MINUTE),
    now: fc.integer({ min: 61 * MINUTE, max: 1e9 }),
  });
  fc.assert(
    fc.property(presence, (some) => {
      expect(staysServed(some)).toBe(false);
    }),
  );
});

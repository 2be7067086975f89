import { expect, test } from "vitest";
import { formatAge, formatMinute, formatSpan, formatTime, isoTime } from "../../../../src/page/words/times.ts";

test.each([
  [0, "0 s"],
  [-1, "0 s"],
  [0.024, "0.02 s"],
  [1.6, "1.6 s"],
  [59.96, "1m 00s"],
  [192, "3m 12s"],
  [7500, "2h 05m"],
  [273_600, "3d 04h"],
])("%d seconds are a span of %s", (seconds, text) => {
  expect(formatSpan(seconds)).toBe(text);
});

test.each([
  [0, "0 s"],
  [99.9, "99 s"],
  [100, "1 min"],
  [5999, "99 min"],
  [6000, "1 h"],
  [172_800, "2 d"],
])("%d seconds are an age of %s", (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});

/** By the clock of this machine, wherever it stands. */
function at(...parts: [number, number, number, number, number, number]): number {
  return new Date(...parts).getTime() / 1000;
}

test("a time of today has no date, one of this year no year", () => {
  const now = at(2026, 10, 30, 20, 0, 0);
  expect(formatTime(at(2026, 10, 30, 1, 2, 3), now)).toBe("01:02:03");
  expect(formatTime(at(2026, 0, 2, 1, 2, 3), now)).toBe("2 Jan 01:02:03");
  expect(formatTime(at(2025, 10, 30, 1, 2, 3), now)).toBe("30 Nov 2025 01:02:03");
  expect(formatMinute(at(2026, 10, 30, 1, 2, 3), now)).toBe("01:02");
});

test("a time that is none is shown as none", () => {
  expect(formatTime(Number.NaN, 0)).toBe("-");
  expect(isoTime(1e300)).toBe("");
  expect(isoTime(1.5)).toBe("1970-01-01T00:00:01.500Z");
});

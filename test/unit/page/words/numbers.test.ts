import { expect, test } from "vitest";
import { formatBytes, formatCount, formatRate, formatShare, shortCount } from "../../../../src/page/words/numbers.ts";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [612_304, "612,304"],
  [1_000_000, "1,000,000"],
])("%d is counted as %s", (n, text) => {
  expect(formatCount(n)).toBe(text);
});

test.each([
  [9999, "9,999"],
  [10_000, "10.0k"],
  [999_499, "999k"],
  [999_500, "1.0M"],
  [12_345_678, "12.3M"],
])("%d is %s where there is little room", (n, text) => {
  expect(shortCount(n)).toBe(text);
});

test.each([
  [0, 100, "0%"],
  [1, 1000, "<1%"],
  [61, 100, "61%"],
  [999_999, 1_000_000, ">99%"],
  [5, 5, "100%"],
  [1, 0, "-"],
])("%d of %d is %s: never all or nothing when it is neither", (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text);
});

test.each([
  [0, "0/s"],
  [1234, "1,234/s"],
  [80.61, "80.6/s"],
  [2, "2/s"],
  [0.2, "12/min"],
  [0.001, "3.6/h"],
])("%d tasks a second are %s", (rate, text) => {
  expect(formatRate(rate)).toBe(text);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [2_147_483_648, "2.0 GiB"],
  [200 * 1024 * 1024, "200 MiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

import { expect, test } from "vitest";
import { isTrue } from "../../docs/page/align.ts";
import { compare } from "../../docs/page/compare.ts";

test("progress counts only where a page shows some", () => {
  const progress = "disbatch: 3/4 done, 1 running, 1.2/s, 0:02 elapsed, ETA 0:01";
  expect(isTrue(compare(["disbatch: 4 tasks done in 2.5 s"], [progress, "disbatch: 4 tasks done in 2.4 s"]))).toBe(
    true,
  );
  expect(isTrue(compare([progress, "end"], [progress, "end"]))).toBe(true);
  expect(isTrue(compare([progress, "end"], ["end"]))).toBe(false);
});

test("what bash says of a killed command may stand anywhere, but has to be there", () => {
  expect(isTrue(compare(["Killed", "a", "b"], ["a", "Killed", "b"]))).toBe(true);
  expect(isTrue(compare(["Killed", "a", "b"], ["b", "Killed", "a"]))).toBe(false);
  expect(isTrue(compare(["Killed", "a"], ["a"]))).toBe(false);
  expect(isTrue(compare(["a"], ["a", "Killed"]))).toBe(false);
});

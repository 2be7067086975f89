import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseNodeNames } from "../../../../src/places/slurm/node-names.ts";
import { parseRepeatedCounts } from "../../../../src/places/slurm/repeated-counts.ts";
import { scontrolHostnames } from "./support.ts";

const unit = fc.oneof(fc.constantFrom(...Array.from("ax019[](),-:@ \n")), fc.string({ unit: "binary", maxLength: 1 }));
const anyText = fc.string({ unit, maxLength: 20 });

describe("counts", () => {
  test.each([
    ["4", [4]],
    ["40,128(x3)", [40, 128, 128, 128]],
    ["2(x2),1,2", [2, 2, 1, 2]],
    ["0", [0]],
    ["1000000", [1_000_000]],
  ])("are written as %s", (text, counts) => {
    expect(parseRepeatedCounts(text)).toEqual(counts);
  });

  test.each([
    "",
    ",",
    "4,",
    " 4",
    "-1",
    "1.5",
    "4(x)",
    "4(x0)",
    "4x3",
    "4(3)",
    "4(x3",
    "4(x-1)",
    "(x3)",
    "1000001",
    "4\n",
  ])("are not written as %j", (text) => {
    expect(parseRepeatedCounts(text)).toBeUndefined();
  });

  test.each(["1(x999999999)", "1(x100001)", "1(x99999),1,1", Array(1000).fill("7(x999999)").join(",")])(
    "are refused before there are too many of them: %s",
    (text) => {
      expect(parseRepeatedCounts(text)).toBeUndefined();
    },
  );

  test("come back from what Slurm would write of them", () => {
    const runs = fc.array(fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 50 })), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(runs, (some) => {
        const text = some.map(([count, times]) => (times === 1 ? `${count}` : `${count}(x${times})`)).join(",");
        expect(parseRepeatedCounts(text)).toEqual(some.flatMap(([count, times]) => Array(times).fill(count)));
      }),
    );
  });

  test("are numbers in their bounds, or none at all, whatever the text is", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const count of parseRepeatedCounts(text) ?? []) expect(count).toSatisfy((n) => n >= 0 && n <= 1_000_000);
      }),
    );
  });
});

describe("names of nodes", () => {
  test.each(scontrolHostnames())("are those of scontrol, in its order: %s", (list, names) => {
    expect(parseNodeNames(list)).toEqual(names === null ? undefined : [...new Set(names)]);
  });

  test("may go on after their numbers, which not every Slurm takes", () => {
    expect(parseNodeNames("rack[1-2]n[01-02]-ib")).toEqual([
      "rack1n01-ib",
      "rack1n02-ib",
      "rack2n01-ib",
      "rack2n02-ib",
    ]);
  });

  test.each(["", ",", "jo@a", "[::1]", "a:4", "a b", "a\n", "n[1", "n1]", "n[[1]]", "a,$x", "-w"])(
    "are not written as %j",
    (list) => {
      expect(parseNodeNames(list)).toBeUndefined();
    },
  );

  test("may be 100,000 and no more", () => {
    expect(parseNodeNames("n[0-99999]")).toHaveLength(100_000);
    expect(parseNodeNames("r[1-10]n[0-9999]")).toHaveLength(100_000);
    for (const list of [
      "n[0-99999],a",
      "n[0-99999],n[0-99999]",
      "n[0-999999999][0-999999999]",
      "r[0-9]n[0-9999]x[1-2]",
    ]) {
      expect(parseNodeNames(list)).toBeUndefined();
    }
  });

  test("are understood in long lists of numbers", () => {
    const numbers = Array.from({ length: 2000 }, (_, i) => 10_000 + 3 * i);
    expect(parseNodeNames(`n[${numbers.join(",")}]`)).toEqual(numbers.map((n) => `n${n}`));
  });

  test("come back from a list that names each of them", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,6}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (names) => {
        expect(parseNodeNames(names.join(","))).toEqual([...new Set(names)]);
      }),
    );
  });

  test("come back from ranges, the last of them changing first", () => {
    const range = fc.tuple(fc.nat(99), fc.nat(4)).map(([first, more]) => ({ first, last: first + more }));
    const numbersIn = ({ first, last }: { first: number; last: number }): string[] =>
      Array.from({ length: last - first + 1 }, (_, i) => `${first + i}`.padStart(3, "0"));
    const written = ({ first, last }: { first: number; last: number }): string =>
      `[${`${first}`.padStart(3, "0")}-${`${last}`.padStart(3, "0")}]`;
    fc.assert(
      fc.property(range, range, (rack, node) => {
        const names = numbersIn(rack).flatMap((r) => numbersIn(node).map((n) => `r${r}n${n}`));
        expect(parseNodeNames(`r${written(rack)}n${written(node)}`)).toEqual(names);
      }),
    );
  });

  test("are harmless in a command, or none at all, whatever the text is", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const name of parseNodeNames(text) ?? [])
          expect(name).toMatch(/^[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u);
      }),
    );
  });
});

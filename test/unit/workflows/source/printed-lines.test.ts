import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LONGEST_VALUE } from "../../../../src/workflows/document/axis-values.ts";
import type { AxisType } from "../../../../src/workflows/document/workflow.ts";
import { PrintedLines } from "../../../../src/workflows/source/printed-lines.ts";

/** What comes of these pieces, and of the end behind them. */
function readAll(
  pieces: readonly Uint8Array[],
  type: AxisType = "string",
): { values: string[]; offset: number; mistake: string | undefined } {
  const lines = new PrintedLines(0, type);
  const values: string[] = [];
  let offset = 0;
  for (const piece of [...pieces, undefined]) {
    const taken = piece === undefined ? lines.end() : lines.push(piece);
    values.push(...taken.values);
    ({ offset } = taken);
    if (taken.mistake !== undefined) return { values, offset, mistake: taken.mistake };
  }
  return { values, offset, mistake: undefined };
}

/** The bytes in pieces that end at these places. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((to, i) => bytes.subarray(cuts[i], to));
}

describe("lines of a generator", () => {
  test("are the same in whatever pieces they come", () => {
    const line = fc.oneof(fc.constantFrom("a", "day", "größer", "日本", "bad", "", "a\tb", "\u{1F600}"), fc.string());
    fc.assert(
      fc.property(fc.array(line), fc.boolean(), fc.array(fc.nat()), (texts, isWhole, cuts) => {
        const bytes = Buffer.from(texts.join("\n") + (isWhole && texts.length > 0 ? "\n" : ""));
        const once = (read: ReturnType<typeof readAll>): typeof read => ({
          ...read,
          values: [...new Set(read.values)],
        });
        const whole = once(readAll([bytes]));
        expect(once(readAll(cutAt(bytes, cuts)))).toEqual(whole);
        expect(once(readAll(Array.from(bytes, (byte) => Uint8Array.of(byte))))).toEqual(whole);
      }),
    );
  });

  test("are values, and half a line at the end is one", () => {
    const bytes = Buffer.from("2031-01-01\n2031-01-02\nhalf");
    expect(readAll([bytes])).toEqual({
      values: ["2031-01-01", "2031-01-02", "half"],
      offset: bytes.length,
      mistake: undefined,
    });
  });

  test.each([
    ["an empty one", "a\n\nb\n", "line 2 is an empty value"],
    ["a control character", "a\nb\tc\n", "line 2 is a value with control characters, or bytes that are not UTF-8"],
    ["the end of a line of Windows", "a\r\n", "line 1 is a value with control characters, or bytes that are not UTF-8"],
    ["a line that is too long", `${"x".repeat(LONGEST_VALUE + 1)}\n`, "line 1 is a value of more than 4096 bytes"],
    [
      "a line that is too long and does not end",
      "x".repeat(10 * LONGEST_VALUE),
      "line 1 is a value of more than 4096 bytes",
    ],
  ])("are refused: %s", (_what, text, mistake) => {
    expect(readAll([Buffer.from(text)]).mistake).toBe(mistake);
  });

  test("are refused when they are not UTF-8, and those before are taken", () => {
    const read = readAll([Buffer.from("a\nb\n"), Uint8Array.of(0xff, 0x0a), Buffer.from("c\n")]);
    expect(read).toEqual({ values: ["a", "b"], offset: 4, mistake: "line 3 is no UTF-8" });
  });

  test("are refused when they are not of the type of the axis", () => {
    expect(readAll([Buffer.from("1\n-2\nthree\n")], "int").mistake).toBe("line 3 is not a whole number");
    expect(readAll([Buffer.from("2031-02-28\n2031-02-29\n")], "date").mistake).toBe(
      "line 2 is not a date such as 2031-01-03",
    );
    expect(readAll([Buffer.from("2032-02-29\n")], "date").mistake).toBeUndefined();
  });

  test("may be as long as a value may be", () => {
    const long = "x".repeat(LONGEST_VALUE);
    expect(readAll([Buffer.from(`${long}\n`)])).toEqual({ values: [long], offset: 4097, mistake: undefined });
  });
});

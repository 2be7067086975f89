import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  attemptWords,
  bytesBefore,
  joined,
  type OutputPart,
  placeOfPart,
  textOf,
  withoutStyles,
} from "../../../../src/page/task/output-part.ts";

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe("output that is read from its end", () => {
  test("is the same text in the end, wherever parts were cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.array(fc.nat(), { maxLength: 5 }), (text, cuts) => {
        const all = bytesOf(text);
        const places = [...new Set(cuts.map((cut) => cut % all.length))].toSorted((a, b) => b - a);
        let end = all.length;
        let part: OutputPart = { bytes: bytesOf(""), from: end, total: end };
        for (const from of [...places, 0]) {
          part = joined({ bytes: all.slice(from, end), from, total: all.length }, part);
          end = from;
        }
        expect(textOf(part)).toBe(new TextDecoder().decode(all));
      }),
    );
  });

  test("leaves out a character that is cut at its beginning, and shows bytes that are none", () => {
    const bytes = bytesOf("名x");
    expect(textOf({ bytes: bytes.slice(1), from: 1, total: 4 })).toBe("x");
    expect(textOf({ bytes: new Uint8Array([0x80, 0x41]), from: 0, total: 2 })).toBe("\uFFFDA");
  });

  test("begins anew where it is another stream by now", () => {
    const earlier = { bytes: bytesOf("abc"), from: 0, total: 3 };
    expect(joined(earlier, { bytes: bytesOf("z"), from: 9, total: 10 })).toBe(earlier);
  });

  test("asks for what comes before, never for less than nothing", () => {
    expect(bytesBefore(100_000)).toBe("bytes=34464-99999");
    expect(bytesBefore(10)).toBe("bytes=0-9");
  });

  test("lies where the answer says, and is all there is when it says nothing", () => {
    expect(placeOfPart("bytes 100-299/300", 200)).toEqual({ from: 100, total: 300 });
    expect(placeOfPart(null, 200)).toEqual({ from: 0, total: 200 });
    expect(placeOfPart("bytes */300", 0)).toEqual({ from: 0, total: 0 });
  });
});

test("colours are left out of a text, and nothing else that a terminal would act on", () => {
  expect(withoutStyles("\u001b[1;32mok\u001b[0m\r\n\u001b]0;t\u0007\u001b[2J\r")).toBe(
    "ok\n\u001b]0;t\u0007\u001b[2J\r",
  );
});

test("what another attempt than the last one has printed is shown as that", () => {
  const kept = { bytes: 1, missing: 0, attempt: 1, isEarlierRun: false };
  expect(attemptWords(kept, 1)).toBeUndefined();
  expect(attemptWords(kept, 2)).toBe("Of try 1, not of the last one.");
  expect(attemptWords({ ...kept, isEarlierRun: true }, 1)).toBe("Of try 1 in an earlier run.");
  // Without a journal nobody knows how many starts a task has had.
  expect(attemptWords({ ...kept, attempt: 2 }, 1)).toBeUndefined();
});

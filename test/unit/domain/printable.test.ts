import * as fc from "fast-check";
import { expect, test } from "vitest";
import { harmless, printable } from "../../../src/domain/printable.ts";

test("what a terminal would act on is made visible", () => {
  expect(printable("a\tb\n\u001b[31m\u009b\u202e\u{e0041}")).toBe(String.raw`a\tb\n\e[31m\x9b\u202e\u{e0041}`);
});

test("lines and tabs stay in what is printed as a whole", () => {
  expect(harmless("a\tb\n\u001b\r\u009b")).toBe("a\tb\n\\e\\r\\x9b");
});

test("nothing that a terminal would act on is left, whatever the text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      expect(harmless(text).replaceAll(/[\n\t]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
  );
});

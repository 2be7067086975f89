import { expect, test } from "vitest";
import { proseNames, textOf } from "../support/pages.ts";
import { americanWords } from "./american-words.ts";

test("no word is spelled as in the United States", () => {
  const found = proseNames().flatMap((name) => americanWords(textOf(name)).map((word) => `${name}:${word}`));
  expect(found).toEqual([]);
});

test("American words are found, and no British ones", () => {
  const american =
    "# Color\n\nThe behavior of canceled\nand *labeled* tasks.\n\n| Center | gray |\n|---|---|\n| analyze | `color` |\n";
  expect(americanWords(american)).toEqual([
    "1: Color",
    "3: behavior",
    "3: canceled",
    "4: labeled",
    "6: Center",
    "6: gray",
    "8: analyze",
  ]);
  expect(americanWords("Organized, initialization, synchronizes, defense, favorite.")).toHaveLength(5);
  const british =
    "Colours, cancelled, labels, sizes, resized, prize, seizing, laboratory, level, modelled, organised, fulfilled";
  expect(americanWords(british)).toEqual([]);
});

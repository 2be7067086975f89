import { expect, test } from "vitest";
import { measure, sentencesOf } from "../../prose/sentences.ts";

test("sentences are those of paragraphs and lists; code is a word", () => {
  const page = [
    "# A heading. It is none.",
    "One two three. Is `a. B c` a",
    "word? Yes!",
    "",
    "- An item",
    "",
    "| a. b | c |",
    "|---|---|",
    "| d. E | f |",
    "",
    "```",
    "code. Code.",
    "```",
  ];
  expect(sentencesOf(page.join("\n")).map(({ line, words }) => [line, words])).toEqual([
    [2, 3],
    [2, 4],
    [3, 1],
    [5, 2],
  ]);
});

test("a page is measured by its mean and its longest sentence", () => {
  const { mean, longest } = measure(sentencesOf("One two. One two three four.\n\nOne."));
  expect(mean).toBeCloseTo(7 / 3);
  expect(longest?.text).toBe("One two three four.");
  expect(measure([])).toEqual({ mean: 0, longest: undefined });
});

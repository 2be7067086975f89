import { describe, expect, test } from "vitest";
import { pageNames, textOf } from "../support/pages.ts";
import { measure, sentencesOf } from "./sentences.ts";

/** Sentences of 12 to 20 words are aimed at. A page with more than this on average is hard to read. */
const MEAN_LIMIT = 20;
/** Nobody needs a sentence of more words. */
const SENTENCE_LIMIT = 40;

/** README is a door, and not the house. */
const README_LINES = 150;

/** The changelog is a list, not prose. */
const pages = [...pageNames(), "ARCHITECTURE.md", "CONTRIBUTING.md"].map((name) => {
  const { mean, longest } = measure(sentencesOf(textOf(name)));
  const figures = `${mean.toFixed(1)} words a sentence, at most ${longest?.words ?? 0}`;
  return { title: `${name}: ${figures} (line ${longest?.line ?? 0})`, mean, longest };
});

describe("readability", () => {
  test.each(pages.map((page) => [page.title, page] as const))("%s", (_, { mean, longest }) => {
    expect(mean).toBeLessThanOrEqual(MEAN_LIMIT);
    expect((longest?.words ?? 0) > SENTENCE_LIMIT ? longest : undefined).toBe(undefined);
  });
});

test("README is short", () => {
  expect(textOf("README.md").trimEnd().split("\n").length).toBeLessThan(README_LINES);
});

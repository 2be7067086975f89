import type { Nodes } from "mdast";
import { lineOf, nodesOf, parseMarkdown } from "../support/markdown.ts";

/** A sentence of a page. */
export interface Sentence {
  /** Line of the page on which it begins, from 1. */
  readonly line: number;
  readonly text: string;
  /** A piece of code counts as one. */
  readonly words: number;
}

/** How long the sentences of a page are. */
export interface Measure {
  /** Words a sentence, on average; 0 for a page without any. */
  readonly mean: number;
  readonly longest: Sentence | undefined;
}

const SENTENCES = new Intl.Segmenter("en-GB", { granularity: "sentence" });

/** The sentences of a page's paragraphs, those of lists included. Headings, tables and blocks of code are no sentences. */
export function sentencesOf(text: string): Sentence[] {
  return nodesOf(parseMarkdown(text), ({ type }) => type === "table" || type === "heading")
    .filter((node) => node.type === "paragraph")
    .flatMap((paragraph) => sentencesIn(proseOf(paragraph), lineOf(paragraph)));
}

export function measure(sentences: readonly Sentence[]): Measure {
  const words = sentences.reduce((sum, sentence) => sum + sentence.words, 0);
  const [longest] = sentences.toSorted((a, b) => b.words - a.words);
  return { mean: sentences.length === 0 ? 0 : words / sentences.length, longest };
}

/** What stands for a piece of code: one word, in which no sentence ends. */
const CODE = "Code";

function proseOf(node: Nodes): string {
  if (node.type === "text") return node.value;
  if (node.type === "inlineCode") return CODE;
  if (node.type === "break") return "\n";
  return "children" in node ? node.children.map(proseOf).join("") : "";
}

/** @param line on which the text begins. */
function sentencesIn(text: string, line: number): Sentence[] {
  return [...SENTENCES.segment(oneParagraph(text))]
    .map(({ segment, index }) => ({
      line: line + text.slice(0, index).split("\n").length - 1,
      text: segment.trim(),
      words: segment.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
    }))
    .filter(({ words }) => words > 0);
}

/** A line's end is a blank: to the segmenter it would be the end of a sentence. */
function oneParagraph(text: string): string {
  return text.replaceAll("\n", " ");
}

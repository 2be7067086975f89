import { lineOf, nodesOf, parseMarkdown } from "../support/markdown.ts";

/** Spellings of the United States that have another one in Britain. The dictionary knows many of them. */
const AMERICAN: readonly RegExp[] = [
  /(?:behavi|col|endeav|fav|flav|harb|hon|hum|lab|neighb|rum)or(?!at|ar|ous)[a-z]*/,
  /(?:calib|cent|fib|theat)er(?:s|ed|ing)?/,
  /(?:anal|catal|paral)yz[a-z]+/,
  /(?:cata|dia)log(?:s|ed|ing)?/,
  /(?:cancel|channel|dial|fuel|label|level|marshal|model|signal|total|travel|tunnel)(?:ed|ing|ers?)/,
  /(?:def|off|pret)enses?|(?:acknowledg|judg)ments?|(?:enroll|fulfill|install?)ment|enrolls?|fulfills?/,
  /aging|aluminum|gray(?:s|ed|ing|ish)?|maneuver[a-z]*|mold|plow|skeptic[a-z]*|skillful|willful/,
  // Also British, but not in these pages.
  /(?!(?:cap|down|over|re|un|under)?siz|pri|sei)[a-z]{2,}iz(?:e[drs]?|ers|ing|ations?|able)/,
];

const AMERICAN_WORD = new RegExp(String.raw`\b(?:${AMERICAN.map(({ source }) => source).join("|")})\b`, "gi");

/** American words in the text of a page, each as `line: word`. Code is not looked at. */
export function americanWords(text: string): string[] {
  return nodesOf(parseMarkdown(text)).flatMap((node) =>
    node.type === "text"
      ? [...node.value.matchAll(AMERICAN_WORD)].map(({ 0: word, index }) => {
          const below = node.value.slice(0, index).split("\n").length - 1;
          return `${lineOf(node) + below}: ${word}`;
        })
      : [],
  );
}

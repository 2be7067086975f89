import type { Described } from "./program-description.ts";

/** What is typed, such as an option, where it stands in plain text. */
const TYPED = /(?<![\w`-])(--?[A-Za-z][\w-]*|\w+\[[^\]]*\]\S*)(?![\w`])/g;
/** What the help says of a default that commander does not know. */
const TOLD_DEFAULT = / \(default: (.*)\)$/;

/** The line of the help as a sentence, with what is typed between backquotes. */
export function sentenceOf(meaning: string): string {
  return `${capitalised(meaning.replace(TOLD_DEFAULT, "").replaceAll(TYPED, "`$1`"))}.`;
}

/** The text with a capital letter at its beginning. */
export function capitalised(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** All that is to be said of an option or operand, a sentence in each string. */
export function sentencesOf(described: Described): readonly string[] {
  const { meaning, explanation, choices, isRepeatable } = described;
  const chosen = defaultOf(described);
  return [
    sentenceOf(meaning),
    ...(explanation === undefined ? [] : sentencesIn(explanation)),
    ...(choices.length === 0 ? [] : [`Values: ${choices.map((choice) => `\`${choice}\``).join(", ")}.`]),
    ...(chosen === undefined ? [] : [`Default: ${chosen}.`]),
    ...(isRepeatable ? ["May be given several times."] : []),
  ];
}

/** The sentences of a text: each ends at a stop that a blank and a capital letter, or something typed, follow. */
export function sentencesIn(text: string): readonly string[] {
  return text.split(/(?<=[.!?]) (?=[A-Z`]|disbatch)/);
}

/** What counts where the option is not given, between backquotes where it could be typed. */
function defaultOf({ defaultValue, meaning }: Described): string | undefined {
  if (defaultValue !== undefined) return `\`${defaultValue}\``;
  return TOLD_DEFAULT.exec(meaning)?.[1];
}

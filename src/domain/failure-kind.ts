import type { Ending } from "./ending.ts";
import { type SnippetLine, tellingLine } from "./telling-line.ts";

/** Characters of a kind's text at most: enough to tell kinds apart, and a row that can be read. */
const LONGEST = 200;

/**
 * Characters that are kept of a line that is cut. Lines of one kind are cut at different places, for their numbers and names differ
 * in length; what is kept of them is the same.
 */
const KEPT_OF_CUT = [32, 16] as const;

/** Something that varies from task to task though the failure is the same. */
interface Varying {
  /** Lines without any of these characters have nothing of it: looking for them costs little. */
  readonly mark: RegExp;
  readonly pattern: RegExp;
  readonly instead: string;
}

/** The longest forms first. */
const VARYING: readonly Varying[] = [
  // Names in quotes: files, tasks, keys. An apostrophe within a word is no quote.
  {
    mark: /['"`\u2018]/,
    pattern: /(?<![A-Za-z0-9])'[^'\n]*'|"[^"\n]*"|`[^`'\n]*[`']|\u2018[^\u2019\n]*\u2019/g,
    instead: "#",
  },
  // Addresses and UUIDs.
  {
    mark: /[0-9]/,
    pattern: /\b(?:0x[0-9a-fA-F]+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b/g,
    instead: "#",
  },
  // Hashes, also short ones: words of four and more hexadecimal digits, with a decimal one among them. `1.2345e-10` has none.
  {
    mark: /[0-9]/,
    pattern: /(?<!\w|[0-9]\.)(?=[a-fA-F]*[0-9])[0-9a-fA-F]{4,}(?!\w|[-+.][0-9])/g,
    instead: "#",
  },
  // Names of temporary files: `/tmp/tmp.Xa8Kd2QqZ1`, `/tmp/tmpk3_x9a2b`.
  { mark: /\//, pattern: /(?<=\/)tmp[._-]?[A-Za-z0-9_]{6,12}(?![A-Za-z0-9_])/g, instead: "#" },
  // The last name of a path from the root, without its ending: `/data/BRCA1.fa` is `/data/#.fa`.
  {
    mark: /\//,
    pattern:
      /(?<![^\s"'(=:<[])((?:\/[^\s/:'",;()]+)+\/)[^\s/:'",;()#]+?(?=(?:\.[A-Za-z][A-Za-z0-9]{0,5})?(?:[\s:'",;()]|$))/g,
    instead: "$1#",
  },
  // Numbers, also in paths and names: `node07`, `/data/12/x3.h5`, `1.5e-3`, `-4`.
  { mark: /[0-9]/, pattern: /[0-9]+(?:[.,:][0-9]+)*(?:[eE][-+]?[0-9]+)?/g, instead: "#" },
  { mark: /#/, pattern: /(?<=[\s=:,([])[-+]#/g, instead: "#" },
  // Bytes that are no text.
  { mark: /\uFFFD/, pattern: /\uFFFD+/g, instead: "#" },
  // Lists of any length.
  { mark: /,/, pattern: /#(?:, ?#)+/g, instead: "#" },
];

/** A name in quotes that the line's end, or its beginning, cuts. */
const OPEN_QUOTE = /(?:(?<![A-Za-z0-9])'[^']*|"[^"]*|`[^`']*|\u2018[^\u2019]*)$/;
const CLOSING_QUOTE = /^[^'"\u2018\u2019]*['"\u2019](?![A-Za-z0-9])/;

/**
 * What failures of one kind have in common: the line of error output that tells best, with numbers, hexadecimal digits, quoted names
 * and names of files replaced by `#`. `...` stands where the snippet lacks the rest of the line. The text may hold control characters,
 * as tasks wrote it.
 *
 * @param snippet what the status file keeps of the task's standard error.
 */
export function failureText(snippet: string): string {
  const line = tellingLine(snippet);
  if (line === undefined) return "";
  return wording(line).slice(0, LONGEST);
}

/** What is the same for all failures of one kind, and different for others. */
export function failureKey(ending: Ending, text: string): string {
  return `${endingKey(ending)}\n${text}`;
}

function endingKey(ending: Ending): string {
  switch (ending.type) {
    case "exited":
      return `exited ${ending.code}`;
    case "signalled":
      return `signalled ${ending.signal}`;
    case "not-started":
      return `not-started ${ending.errno}`;
    default:
      return ending.type;
  }
}

function wording({ text, isCutBehind, isCutBefore }: SnippetLine): string {
  if (isCutBehind) return beginning(text);
  return isCutBefore ? end(text) : common(text);
}

function common(line: string): string {
  let text = line;
  for (const { mark, pattern, instead } of VARYING) if (mark.test(text)) text = text.replace(pattern, instead);
  return text;
}

/** Whole words of a line that goes on. */
function beginning(line: string): string {
  const text = common(line).replace(OPEN_QUOTE, "#");
  const kept = text.slice(0, keptOf(text));
  return `${text[kept.length] === " " ? kept.trimEnd() : kept.replace(/ \S*$/, "")} ...`;
}

/** Whole words of a line that has begun before. */
function end(line: string): string {
  const text = common(line).replace(CLOSING_QUOTE, "#");
  const kept = text.slice(text.length - keptOf(text));
  return `... ${text[text.length - kept.length - 1] === " " ? kept.trimStart() : kept.replace(/^\S* /, "")}`;
}

function keptOf({ length }: string): number {
  return KEPT_OF_CUT.find((kept) => length >= kept) ?? length;
}

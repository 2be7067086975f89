import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { DIRECTIVE_START, IGNORED, WORD_COLUMN, type Directive, type Misuse } from "./directive.ts";
import { parseBarrier } from "./parse-barrier.ts";
import { parseRepeat } from "./parse-repeat.ts";
import { similarWord } from "../../domain/spelling/similar-word.ts";

const WORDS = ["PREFIX", "SUFFIX", "TERMS", "REPEAT", "PERENGINE", "BARRIER"] as const;
const ALL_WORDS = "the directives are PREFIX, SUFFIX, TERMS, REPEAT, PERENGINE, BARRIER and BARRIER CHECK";
const ONE_BLANK = `exactly one blank follows #DISBATCH; ${ALL_WORDS}`;

/** Reads a line that starts with `#DISBATCH`. The words are recognised in any case, except BARRIER and CHECK. */
export function parseDirective(line: string): Directive | Misuse {
  if (!line.startsWith(DIRECTIVE_START)) return withoutBlank(line);
  const text = line.slice(DIRECTIVE_START.length);
  if (text.startsWith("BARRIER")) return parseBarrier(text);
  const word = /^[^ \t\f\v]*/.exec(text)?.[0] ?? "";
  if (/^prefix$/i.test(word)) return parseAffix("prefix", text);
  if (/^suffix$/i.test(word)) return parseAffix("suffix", text);
  if (/^terms$/i.test(word)) return { kind: "terms", text: text.slice(word.length) };
  if (/^repeat$/i.test(word)) return parseRepeat(text);
  if (/^perengine$/i.test(word)) return parsePerEngine(text);
  return unknown(word, text);
}

/** PREFIX or SUFFIX, one blank, and all the rest; nothing after the blank clears it. */
function parseAffix(kind: "prefix" | "suffix", text: string): Directive | Misuse {
  const rest = text.slice(kind.length);
  if (rest.startsWith(" ")) return { kind, text: rest.slice(1) };
  const word = kind.toUpperCase();
  return {
    kind: "misuse",
    code: `bad-${kind}`,
    column: rest === "" ? WORD_COLUMN : WORD_COLUMN + kind.length,
    message: `no blank after ${word}`,
    hint: `write ${word}, one blank and the text; to clear it, ${word} and one blank at the end of the line`,
    lenient: IGNORED,
  };
}

function parsePerEngine(text: string): Directive | Misuse {
  const match = /^PERENGINE (START|STOP) ([^]*)$/i.exec(text);
  if (match !== null) {
    const [, when = "", command = ""] = match;
    return { kind: "per-engine", when: /^start$/i.test(when) ? "start" : "stop", command };
  }
  const rest = text.slice("PERENGINE".length);
  const when = /[^ \t\f\v]+/.exec(rest);
  const known = when !== null && /^(start|stop)$/i.test(when[0]);
  return {
    kind: "misuse",
    code: "bad-per-engine",
    column: when === null ? WORD_COLUMN : WORD_COLUMN + "PERENGINE".length + when.index,
    message: known
      ? `PERENGINE ${when[0].toUpperCase()} must be followed by one blank and a command`
      : `PERENGINE needs START or STOP${when === null ? "" : `, not ${quoteWord(when[0])}`}`,
    hint: "write PERENGINE START COMMAND or PERENGINE STOP COMMAND, with one blank between",
    lenient: IGNORED,
  };
}

function unknown(word: string, text: string): Misuse {
  const base = { kind: "misuse", code: "unknown-directive", column: WORD_COLUMN, lenient: IGNORED } as const;
  if (text === "") return { ...base, message: "no directive after #DISBATCH", hint: ALL_WORDS };
  if (word === "") return { ...base, message: "more than one blank after #DISBATCH", hint: ONE_BLANK };
  const similar = similarWord(word, WORDS);
  const capitals = /^barrier$/i.test(word) ? ", in capitals" : "";
  const hint = similar === undefined ? ALL_WORDS : `did you mean ${similar}${capitals}? ${ALL_WORDS}`;
  return { ...base, message: `unknown directive ${quoteWord(word)}`, hint };
}

/** disBatch 3 runs such a line as a task, which bash takes for a comment unless there is a prefix. */
function withoutBlank(line: string): Misuse {
  return {
    kind: "misuse",
    code: "unknown-directive",
    column: 1,
    message: line === "#DISBATCH" ? "no directive after #DISBATCH" : `no blank after #DISBATCH in ${quoteWord(line)}`,
    hint: ONE_BLANK,
    lenient: { reading: "task", says: "the line is run as a task" },
  };
}

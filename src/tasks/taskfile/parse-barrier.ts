import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { WORD_COLUMN, type BarrierDirective, type Misuse } from "./directive.ts";

const FORM = "write BARRIER, BARRIER KEY, BARRIER CHECK or BARRIER CHECK KEY, with one blank between";

/** A key that was most likely meant to be CHECK: with more blanks before it, or in small letters. */
const LIKE_CHECK = /^[ \t]*check(?:[ \t]|$)/i;

/** Reads `BARRIER [CHECK] [key]`; `text` is what follows `#DISBATCH ` and starts with `BARRIER`. */
export function parseBarrier(text: string): BarrierDirective | Misuse {
  const rest = text.slice("BARRIER".length);
  if (!startsWithBlankOrEnds(rest)) return misuse(text, 0, false);
  const words = rest.slice(1);
  if (!words.startsWith("CHECK")) return LIKE_CHECK.test(words) ? lostCheck(text, words) : barrier(false, words);
  const afterCheck = words.slice("CHECK".length);
  if (!startsWithBlankOrEnds(afterCheck)) return misuse(text, text.length - words.length, true);
  return barrier(true, afterCheck.slice(1));
}

function startsWithBlankOrEnds(text: string): boolean {
  return text === "" || text.startsWith(" ");
}

/** A key may hold blanks; an empty one is none. */
function barrier(check: boolean, key: string): BarrierDirective {
  return key === "" ? { kind: "barrier", check } : { kind: "barrier", check, key };
}

/** disBatch 3 takes the line up to the word for what it is, and drops what follows. */
function misuse(text: string, from: number, check: boolean): Misuse {
  return {
    kind: "misuse",
    code: "bad-barrier",
    column: WORD_COLUMN + from,
    message: `one blank must follow ${check ? "CHECK" : "BARRIER"} in ${quoteWord(text.slice(from))}`,
    hint: FORM,
    lenient: {
      reading: barrier(check, ""),
      says: `the line is taken as BARRIER${check ? " CHECK" : ""} without a key`,
    },
  };
}

/** disBatch 3 takes the word for a key, and checks nothing. */
function lostCheck(text: string, key: string): Misuse {
  return {
    kind: "misuse",
    code: "bad-barrier",
    column: WORD_COLUMN + text.length - key.length,
    message: `${quoteWord(key)} is a key and checks nothing`,
    hint: FORM,
    lenient: { reading: barrier(false, key), says: "the line is taken as BARRIER with this key" },
  };
}

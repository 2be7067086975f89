import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { IGNORED, WORD_COLUMN, type Misuse, type RepeatDirective } from "./directive.ts";

const FORM =
  "write REPEAT N, then start N, then step N, then one blank and the command, for example REPEAT 10 start 100 step 5 mycommand";

const NOT_A_TAB = "REPEAT: the command must follow after a blank, not a tab";

/** Blanks are what a bytes regex calls white space: not those of Unicode. The command keeps all but its first blank. */
const REPEAT =
  /^REPEAT[ \t\f\v]+([0-9]+)(?:[ \t\f\v]+start[ \t\f\v]+([0-9]+))?(?:[ \t\f\v]+step[ \t\f\v]+([0-9]+))?(?: ([^]+))?[ \t\f\v]*$/i;
/** A directive as far as its numbers go. */
const NUMBERS =
  /^REPEAT[ \t\f\v]+[0-9]+(?:[ \t\f\v]+start[ \t\f\v]+[0-9]+(?=[ \t\f\v]|$))?(?:[ \t\f\v]+step[ \t\f\v]+[0-9]+(?=[ \t\f\v]|$))?/i;
/** A command that starts like this is a misplaced part of the directive. */
const MISPLACED = /^[ \t\f\v]*(start|step)(?:[ \t\f\v]+([^ \t\f\v]+)|[ \t\f\v]*$)/i;

/** Reads `REPEAT n [start s] [step t] [command]`; `text` is what follows `#DISBATCH `. */
export function parseRepeat(text: string): RepeatDirective | Misuse {
  const match = REPEAT.exec(text);
  if (match === null) return unreadable(text);
  const [, count, start, step, command = ""] = match;
  const repeat: RepeatDirective = {
    kind: "repeat",
    count: Number(count),
    start: Number(start ?? 0),
    step: Number(step ?? 1),
    command,
  };
  if (!isCountable(repeat)) {
    const hint = `indexes go up to ${Number.MAX_SAFE_INTEGER}`;
    const column = WORD_COLUMN + text.search(/[0-9]/);
    return { kind: "misuse", code: "bad-repeat", column, message: "REPEAT: numbers too large", hint };
  }
  const misplaced = MISPLACED.exec(command);
  if (misplaced === null) return repeat;
  const [, word = "", value] = misplaced;
  const column = WORD_COLUMN + text.length - command.length + misplaced[0].search(/[^ \t\f\v]/);
  return {
    ...misuse(column, misplacedMessage(word.toLowerCase(), value, { start, step })),
    lenient: { reading: repeat, says: `the command is ${quoteWord(command)}` },
  };
}

/** Whether the numbers and every index can be told apart as numbers, which holds when the last index can. */
function isCountable({ count, start, step }: RepeatDirective): boolean {
  if (![count, start, step].every((number) => Number.isSafeInteger(number))) return false;
  return count === 0 || Number.isSafeInteger(start + step * (count - 1));
}

/** What is wrong with a command that starts with `start` or `step`; `given` are the numbers read before it. */
function misplacedMessage(
  word: string,
  value: string | undefined,
  given: { readonly start: string | undefined; readonly step: string | undefined },
): string {
  if (value === undefined) return `REPEAT: ${word} without a number`;
  if (!/^[0-9]+$/.test(value)) return `REPEAT: ${word} takes a whole number, not ${quoteWord(value)}`;
  if (word === "start" && given.start !== undefined) return "REPEAT: start given twice";
  if (given.step !== undefined)
    return word === "start" ? "REPEAT: start comes before step" : "REPEAT: step given twice";
  return NOT_A_TAB;
}

function unreadable(text: string): Misuse {
  const numbers = NUMBERS.exec(text)?.[0] ?? "";
  const rest = text.slice(numbers.length);
  if (/^[\t\f\v]/.test(rest)) {
    return {
      ...misuse(WORD_COLUMN + numbers.length, NOT_A_TAB),
      lenient: IGNORED,
    };
  }
  const given = /^REPEAT[ \t\f\v]*([^ \t\f\v]*)/i.exec(text);
  const word = given?.[1] ?? "";
  const column = WORD_COLUMN + (given?.[0].length ?? 0) - word.length;
  const message =
    word === "" ? "REPEAT without a number" : `REPEAT takes a whole number from 0, not ${quoteWord(word)}`;
  return { ...misuse(word === "" ? WORD_COLUMN : column, message), lenient: IGNORED };
}

function misuse(column: number, message: string): Misuse {
  return { kind: "misuse", code: "bad-repeat", column, message, hint: FORM };
}

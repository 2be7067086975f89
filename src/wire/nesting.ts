/** More than any message of a controller has. */
const MOST_NESTED = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses JSON with lists and objects deep inside each other, before it is parsed: a megabyte of brackets takes as long as a hundred of anything else.
 *
 * @throws Error when it is nested deeper than any message.
 */
export function refuseDeepNesting(text: string): void {
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (isQuoted) {
      if (character === BACKSLASH) i++;
      else if (character === QUOTE) isQuoted = false;
    } else if (character === QUOTE) isQuoted = true;
    else if (character === 0x5b || character === 0x7b) {
      if (++depth > MOST_NESTED) throw new Error(`not a valid message: nested deeper than ${MOST_NESTED}`);
    } else if (character === 0x5d || character === 0x7d) depth--;
  }
}

/** How a line is typed, with the keys of a shell. */

import type { Typed } from "./state.ts";

/** Characters of a line. */
const MOST_TYPED = 200;

/** A text with the cursor behind it. */
export function atItsEnd(text: string): Typed {
  return { text, cursor: text.length };
}

/** The line after a key, as `press` takes it; the same where the key does nothing. */
export function edited({ text, cursor }: Typed, key: string): Typed {
  const [before, after] = [text.slice(0, cursor), text.slice(cursor)];
  const line = (left: string, right: string): Typed => ({ text: left + right, cursor: left.length });
  switch (key) {
    case "backspace":
      return line(before.replace(/.$/su, ""), after);
    case "delete":
    case "C-d":
      return line(before, after.replace(/^./su, ""));
    case "C-u":
      return line("", after);
    case "C-k":
      return line(before, "");
    case "C-w":
      return line(before.replace(/\S*\s*$/u, ""), after);
    case "left":
    case "C-b":
      return { text, cursor: before.replace(/.$/su, "").length };
    case "right":
    case "C-f":
      return { text, cursor: text.length - after.replace(/^./su, "").length };
    case "home":
    case "C-a":
      return { text, cursor: 0 };
    case "end":
    case "C-e":
      return { text, cursor: text.length };
    default:
      return /^.$/su.test(key) && text.length < MOST_TYPED ? line(before + key, after) : { text, cursor };
  }
}

import { UserError } from "../../domain/errors.ts";
import { readRange } from "./ranges.ts";
import { joined, type ValueList, valuesOf } from "./value-list.ts";

/** The items of a list, each with its commas and backslashes still behind a backslash. */
const ITEM = /(?:\\[\\,]|[^,])*/y;

/**
 * Reads `a,b,1..10`: texts and ranges. A comma within a text is written `\,`, and `\\` is a backslash before one.
 *
 * @param word the whole word, for messages.
 * @throws UserError `bad-values`.
 */
export function readListedValues(text: string, word: string): ValueList {
  if (text === "") {
    throw new UserError(
      "bad-values",
      `${word}: there is no value behind the =; an empty value alone is written ::: ''`,
    );
  }
  const lists: ValueList[] = [];
  let texts: string[] = [];
  const endTexts = (): void => {
    if (texts.length > 0) lists.push(valuesOf(texts));
    texts = [];
  };
  for (const item of itemsOf(text)) {
    const range = readRange(item);
    if (range?.type === "mistake") {
      const message = `${word}: ${item} is no range: ${range.why}; a text like this stands behind ::: or in a file`;
      throw new UserError("bad-values", message);
    }
    if (range === undefined) texts.push(item.replaceAll(/\\([\\,])/g, "$1"));
    else {
      endTexts();
      lists.push(range.values);
    }
  }
  endTexts();
  return joined(lists);
}

function itemsOf(text: string): string[] {
  const items: string[] = [];
  for (let from = 0; from <= text.length;) {
    ITEM.lastIndex = from;
    const [item = ""] = ITEM.exec(text) ?? [];
    items.push(item);
    from += item.length + 1;
  }
  return items;
}

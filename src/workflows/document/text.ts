import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { KnownNames, VARIABLE } from "./names.ts";
import type { Mistake } from "./mistakes.ts";
import type { Text } from "./workflow.ts";

const PLACE = /\$\$\{|\$\{([^}]*)(\}?)/g;

/** Text with `${name}` replaced by the values of parameters and places for those of axes; `$${` is `${`. */
export function readText(
  source: string,
  params: ReadonlyMap<string, string>,
  axes: readonly string[],
  tell: (mistake: Mistake) => void,
): Text {
  if (!source.includes("${")) return source === "" ? [] : [source];
  const parts: (string | { readonly axis: string })[] = [];
  let literal = "";
  let from = 0;
  for (const { 0: whole, 1: name, 2: end, index } of source.matchAll(PLACE)) {
    literal += source.slice(from, index);
    from = index + whole.length;
    const value = name === undefined ? "${" : params.get(name);
    if (value !== undefined) {
      literal += value;
    } else if (axes.includes(name ?? "")) {
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push({ axis: name ?? "" });
    } else {
      tell(mistakeInPlace(name ?? "", end !== "", params, axes));
    }
  }
  literal += source.slice(from);
  if (literal !== "") parts.push(literal);
  return parts;
}

function mistakeInPlace(
  name: string,
  isClosed: boolean,
  params: ReadonlyMap<string, string>,
  axes: readonly string[],
): Mistake {
  const literally = "$${ stands for ${ itself";
  if (!isClosed) return { message: "${ without its }", hint: literally };
  if (!VARIABLE.test(name)) return { message: `\${${name}} has no name of a parameter or an axis`, hint: literally };
  const known = new KnownNames(() => [...params.keys(), ...axes]);
  const meant = known.nearest(name);
  return {
    message: `no parameter or axis ${quoteWord(name)}`,
    hint: meant === undefined ? literally : `did you mean ${meant}?`,
  };
}

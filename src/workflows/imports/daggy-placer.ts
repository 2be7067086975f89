import type { PlacedParameter } from "./daggy-parameters.ts";

/** Puts our places, `${name}`, where parameters stand in texts of a Daggy document. */
export class Placer {
  readonly #byLiteral: ReadonlyMap<string, PlacedParameter>;
  readonly #pattern: RegExp;
  /** Name of our parameter whose value is a dollar sign; asked for when one is needed. */
  readonly #dollar: () => string;

  constructor(parameters: readonly PlacedParameter[], dollar: () => string) {
    this.#byLiteral = new Map(parameters.map((each) => [each.literal, each]));
    this.#dollar = dollar;
    // The longest one first: another one may begin as it does.
    const literals = [...this.#byLiteral.keys()].toSorted((a, b) => b.length - a.length);
    const patterns = literals.filter((literal) => literal !== "").map(wholeToken);
    this.#pattern = new RegExp([...patterns, String.raw`\{\{[A-Za-z_][A-Za-z0-9_.-]*\}\}`].join("|"), "g");
  }

  /** Parameters that a text names, and names that no parameter has. */
  named(text: string): { readonly parameters: readonly PlacedParameter[]; readonly unknown: readonly string[] } {
    const parameters: PlacedParameter[] = [];
    const unknown: string[] = [];
    for (const [token] of text.matchAll(this.#pattern)) {
      const parameter = this.#byLiteral.get(token);
      if (parameter === undefined) unknown.push(token);
      else parameters.push(parameter);
    }
    return { parameters, unknown };
  }

  /** The text as our document has it. Everything is replaced once: what a value says is never looked into. */
  place(text: string): string {
    let placed = "";
    let literal = "";
    let from = 0;
    for (const { 0: token, index } of text.matchAll(this.#pattern)) {
      const parameter = this.#byLiteral.get(token);
      literal += text.slice(from, index);
      from = index + token.length;
      if (parameter === undefined) literal += token;
      else if (parameter.kind === "text") literal += parameter.values[0] ?? "";
      else {
        placed += `${this.#beforePlace(literal)}\${${parameter.name}}`;
        literal = "";
      }
    }
    return placed + escaped(literal + text.slice(from));
  }

  /** Dollar signs before a place would make a plain text of it. */
  #beforePlace(literal: string): string {
    const [dollars = ""] = /\$*$/.exec(literal) ?? [];
    const before = escaped(literal.slice(0, literal.length - dollars.length));
    return dollars === "" ? before : before + `\${${this.#dollar()}}`.repeat(dollars.length);
  }
}

function escaped(text: string): string {
  return text.replaceAll("${", "$$${");
}

/** A parameter may be called like a part of another word, which is not meant. */
function wholeToken(literal: string): string {
  const before = /^\w/.test(literal) ? String.raw`(?<!\w)` : "";
  const after = /\w$/.test(literal) ? String.raw`(?!\w)` : "";
  return before + literal.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`) + after;
}

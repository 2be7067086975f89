/** A part of a JSON Schema, as far as tables are made of it. */
export interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaPart;
  readonly anyOf?: readonly SchemaPart[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaPart>>;
}

const TABLE = /(<!-- words of (.+) -->\n)[^]*?(<!-- end of words -->)/g;
/** In the place of a path: the whole document, and the words that are terms of tasks. */
const [DOCUMENT, TERMS, TASK] = ["the document", "terms", "tasks.*"];

/**
 * A page whose tables of words have been made from the schema of documents. A table stands between `<!-- words of PATH -->` and
 * `<!-- end of words -->`; names of a path stand for words, and `*` for whatever names users choose.
 *
 * @param terms words of tasks that stand in a table of their own.
 * @throws Error for a path that leads to no words.
 */
export function withTables(page: string, schema: SchemaPart, terms: readonly string[]): string {
  const isTerm = (word: string): boolean => terms.includes(word);
  return page.replaceAll(TABLE, (_, begin: string, what: string, end: string) => {
    const path = what === DOCUMENT ? [] : (what === TERMS ? TASK : what)?.split(".");
    const words = wordsOf(new Schema(schema).partsAt(path ?? []));
    const rows = words.filter(([word]) => (what === TERMS ? isTerm(word) : what !== TASK || !isTerm(word)));
    if (rows.length === 0) throw new Error(`the schema of documents has no words of ${what}`);
    const lines = rows.map(([word, meaning]) => `| \`${word}\` | ${meaning} |`);
    return `${begin}\n| Word | Meaning |\n|---|---|\n${lines.join("\n")}\n\n${end}`;
  });
}

/** A schema in which parts may be referred to by name. */
class Schema {
  readonly #whole: SchemaPart;

  constructor(whole: SchemaPart) {
    this.#whole = whole;
  }

  /** What may stand at a path, each kind of it for itself. */
  partsAt(path: readonly string[]): SchemaPart[] {
    return path.reduce<SchemaPart[]>(
      (parts, name) => parts.flatMap((part) => this.#inside(part, name)),
      this.#kindsOf(this.#whole),
    );
  }

  #inside({ properties, additionalProperties }: SchemaPart, name: string): SchemaPart[] {
    const part = name === "*" ? additionalProperties : properties?.[name];
    return typeof part === "object" ? this.#kindsOf(part) : [];
  }

  #kindsOf(part: SchemaPart): SchemaPart[] {
    const named = this.#whole.$defs?.[part.$ref?.replace("#/$defs/", "") ?? ""];
    if (named !== undefined) return this.#kindsOf(named);
    return part.anyOf === undefined ? [part] : part.anyOf.flatMap((kind) => this.#kindsOf(kind));
  }
}

/** Words with what they mean, each once. */
function wordsOf(parts: readonly SchemaPart[]): [word: string, meaning: string][] {
  const words = new Map<string, string>();
  for (const { properties = {}, required = [] } of parts)
    for (const [word, { description = "" }] of Object.entries(properties)) {
      const isNeeded = parts.length === 1 && required.includes(word);
      if (!words.has(word)) words.set(word, sentenceOf(isNeeded ? `${description} It has to be there.` : description));
    }
  return [...words];
}

/** A description as a cell: it is no sentence, so it has no full stop where it is one alone. */
function sentenceOf(description: string): string {
  const text = description.replaceAll("|", String.raw`\|`).replaceAll(/\$\{\w+\}/g, "`$&`");
  return /\. [A-Z]/.test(text) ? text : text.replace(/\.$/, "");
}

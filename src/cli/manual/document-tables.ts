/** A part of a JSON Schema, as far as tables are made of it. */
export interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaPart;
  readonly items?: SchemaPart | readonly SchemaPart[];
  readonly anyOf?: readonly SchemaPart[];
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
    const words = wordsOf(partsAt(schema, path ?? []));
    const rows = words.filter(([word]) => (what === TERMS ? isTerm(word) : what !== TASK || !isTerm(word)));
    if (rows.length === 0) throw new Error(`the schema of documents has no words of ${what}`);
    const lines = rows.map(([word, meaning]) => `| \`${word}\` | ${meaning} |`);
    return `${begin}\n| Word | Meaning |\n|---|---|\n${lines.join("\n")}\n\n${end}`;
  });
}

/** What may stand at a path, each kind of it for itself. */
function partsAt(schema: SchemaPart, path: readonly string[]): SchemaPart[] {
  return path.reduce<SchemaPart[]>((parts, name) => parts.flatMap((part) => inside(part, name)), kindsOf(schema));
}

function inside({ properties, additionalProperties }: SchemaPart, name: string): SchemaPart[] {
  const part = name === "*" ? additionalProperties : properties?.[name];
  return typeof part === "object" ? kindsOf(part) : [];
}

function kindsOf(part: SchemaPart): SchemaPart[] {
  return part.anyOf === undefined ? [part] : part.anyOf.flatMap(kindsOf);
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
  const text = description.replaceAll("|", String.raw`\|`);
  return /\. [A-Z]/.test(text) ? text : text.replace(/\.$/, "");
}

import type * as Yaml from "yaml";
import type { Alias, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Lines } from "./lines.ts";
import type { Mistake, Mistakes } from "./mistakes.ts";
import { isObject } from "./schema-words.ts";
import { type Entries, type Entry, isUsableKey, numberOrText, TextTree, type Tree } from "./tree.ts";

/** Length of a text that is read at all: the parser takes half a second for each million. */
const LONGEST = 8_000_000;
/** Lines, and entries of lists and objects, that are read: the parser needs 2 kB and 10 microseconds for each. */
const MOST_ENTRIES = 300_000;
const ENTRY = /[\n,[{]|[-?:] /g;
/** Problems of the parser that are told. */
const MOST_PROBLEMS = 3;
/** The parser gives up where more is one inside the other than its stack has room for. */
const TOO_DEEP: Mistake = { message: "too many lists and objects, one inside the other" };
/** Values that a document may have once all aliases are replaced by what they stand for. */
const MOST_VALUES = 1_000_000;

/** Reads YAML 1.2 with places. Undefined, with mistakes, when it is none. */
export async function readYaml(lines: Lines, text: string, mistakes: Mistakes): Promise<Tree | undefined> {
  const before = mistakes.count;
  const tell = (offset: number, mistake: Mistake): void => mistakes.in(lines, offset, mistake);
  if (isTooLong(text)) {
    const message = `more YAML than ${MOST_ENTRIES} lines and entries, or ${LONGEST} characters`;
    tell(0, { message, hint: "write it as JSON, which is read many times faster" });
    return undefined;
  }
  const yaml = await import("yaml");
  let read = NOTHING;
  try {
    // The parser compares each key with each other one.
    const [document, second] = yaml.parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, merge: true });
    if (second !== undefined)
      tell(startOf(second), { message: "a second document", hint: "write it into a file of its own" });
    const problems = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
    for (const { message, pos } of firstOfEachKind(problems)) tell(pos[0], parserMistake(message, text, pos[0]));
    if (mistakes.count === before) read = new Converter(yaml, tell).find(document?.contents);
  } catch (error) {
    // The parser calls itself for what stands inside.
    if (!(error instanceof RangeError)) throw error;
    tell(0, TOO_DEEP);
  }
  return mistakes.count === before ? new TextTree(lines, read.value, () => read.inside) : undefined;
}

/** Whether a text is more than is read as YAML. */
export function isTooLong(text: string): boolean {
  if (text.length > LONGEST) return true;
  let entries = 0;
  ENTRY.lastIndex = 0;
  while (entries <= MOST_ENTRIES && ENTRY.test(text)) entries++;
  ENTRY.lastIndex = 0;
  return entries > MOST_ENTRIES;
}

/**
 * The first problems that the parser has, one of each kind: where it has lost its way, each further line may be another one.
 */
function firstOfEachKind<Problem extends { readonly code: string }>(problems: readonly Problem[]): readonly Problem[] {
  const kinds = new Set<string>();
  return problems.filter(({ code }) => kinds.size < MOST_PROBLEMS && !kinds.has(code) && kinds.add(code));
}

function parserMistake(message: string, text: string, offset: number): Mistake {
  if (message.includes("call stack")) return TOO_DEEP;
  const isTab = text[offset] === "\t" || /\btabs?\b/i.test(message);
  const [first = ""] = message.split("\n");
  const plain = `not YAML: ${first.slice(0, 1).toLowerCase()}${first.slice(1)}`;
  return isTab ? { message: plain, hint: "indent with blanks, not with tabs" } : { message: plain };
}

/** A plain value, and where what is in it stands. */
interface Found {
  readonly value: unknown;
  readonly inside: Entries | undefined;
}

/** Makes plain values of what the parser has found. What aliases repeat is one and the same object. */
class Converter {
  readonly #yaml: typeof Yaml;
  readonly #tell: (offset: number, mistake: Mistake) => void;
  /** What each anchor stands for, and how many values that are with all aliases replaced; undefined while it is being read. */
  readonly #anchors = new Map<string, { readonly found: Found; readonly size: number } | undefined>();
  /** Values so far, aliases replaced. */
  #values = 0;

  constructor(yaml: typeof Yaml, tell: (offset: number, mistake: Mistake) => void) {
    this.#yaml = yaml;
    this.#tell = tell;
  }

  find(node: unknown): Found {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml;
    this.#values++;
    if (isAlias(node)) return this.#aliased(node);
    if (isScalar(node)) return this.#anchored(node, () => ({ value: scalarOf(node), inside: undefined }));
    if (isMap(node)) return this.#anchored(node, () => this.#objectOf(node));
    if (isSeq(node)) return this.#anchored(node, () => this.#listOf(node));
    return NOTHING;
  }

  #anchored(node: Scalar | YAMLMap | YAMLSeq, find: () => Found): Found {
    const { anchor } = node;
    if (anchor === undefined) return find();
    const before = this.#values;
    this.#anchors.set(anchor, undefined);
    const found = find();
    this.#anchors.set(anchor, { found, size: this.#values - before + 1 });
    return found;
  }

  #aliased(node: Alias): Found {
    const { source } = node;
    const known = this.#anchors.get(source);
    if (known === undefined) {
      const problem = this.#anchors.has(source) ? "stands for what it is in" : "stands for nothing before it";
      this.#tell(startOf(node), { message: `the alias ${quoteWord(`*${source}`)} ${problem}` });
      return NOTHING;
    }
    const before = this.#values;
    this.#values += known.size - 1;
    if (before <= MOST_VALUES && this.#values > MOST_VALUES) {
      const message = `aliases make more than ${MOST_VALUES} values of the document`;
      this.#tell(startOf(node), { message, hint: "an anchor that holds aliases grows with each of them" });
    }
    return known.found;
  }

  #objectOf(node: YAMLMap): Found {
    const value: Record<string, unknown> = {};
    const inside: Entries = new Map();
    const merged: Pair[] = [];
    for (const pair of node.items) {
      const key = this.#keyOf(pair);
      if (key === "<<") merged.push(pair);
      else if (key !== undefined) this.#add(value, inside, key, pair);
    }
    for (const pair of merged) this.#merge(value, inside, pair);
    return { value, inside };
  }

  #add(object: Record<string, unknown>, inside: Entries, key: string, pair: Pair): void {
    const at = startOf(pair.key);
    if (Object.hasOwn(object, key)) {
      this.#tell(at, { message: `${quoteWord(key)} stands twice`, hint: "leave one of them out" });
      return;
    }
    const found = this.find(pair.value);
    object[key] = found.value;
    inside.set(key, { key: at, value: pair.value === null ? at : startOf(pair.value), inside: found.inside });
  }

  /** What `<<` takes from other objects, where the object says nothing itself. */
  #merge(object: Record<string, unknown>, inside: Entries, pair: Pair): void {
    const isList = this.#yaml.isSeq(pair.value);
    const { value, inside: places } = this.find(pair.value);
    const sources = isList
      ? [...(places?.entries() ?? [])].map(([i, entry]) => sourceOf(value, i, entry))
      : [{ value, inside: places }];
    for (const source of sources) {
      if (!isObject(source.value)) {
        this.#tell(startOf(pair.key), { message: "<< takes objects, or aliases of them" });
        return;
      }
      for (const [key, one] of Object.entries(source.value)) {
        if (Object.hasOwn(object, key)) continue;
        object[key] = one;
        const place = source.inside?.get(key);
        if (place !== undefined) inside.set(key, place);
      }
    }
  }

  #keyOf({ key }: Pair): string | undefined {
    const { isScalar } = this.#yaml;
    const name = isScalar(key) ? String(scalarOf(key)) : undefined;
    if (name !== undefined && isUsableKey(name)) return name;
    const message = name === undefined ? "a name must be a word" : `${quoteWord(name)} cannot be used as a name`;
    this.#tell(startOf(key), { message });
    return undefined;
  }

  #listOf(node: YAMLSeq): Found {
    const value: unknown[] = [];
    const inside: Entries = new Map();
    for (const item of node.items) {
      const at = startOf(item);
      const found = this.find(item);
      inside.set(value.length, { key: at, value: at, inside: found.inside });
      value.push(found.value);
    }
    return { value, inside };
  }
}

const NOTHING: Found = { value: null, inside: undefined };

function sourceOf(list: unknown, index: string | number, { inside }: Entry): Found {
  return { value: Array.isArray(list) ? (list as unknown[])[Number(index)] : undefined, inside };
}

function scalarOf({ value, source }: Scalar): unknown {
  if (typeof value === "symbol") return "<<";
  return typeof value === "number" ? numberOrText(value, source ?? String(value)) : value;
}

function startOf(node: unknown): number {
  if (!isObject(node) || !("range" in node) || !Array.isArray(node.range)) return 0;
  const [start]: unknown[] = node.range;
  return typeof start === "number" ? start : 0;
}

import type * as Jsonc from "jsonc-parser";
import type { JSONVisitor } from "jsonc-parser";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Lines } from "./lines.ts";
import type { Mistake, Mistakes } from "./mistakes.ts";
import { type Entries, isUsableKey, numberOrText, TextTree, type Tree } from "./tree.ts";

/** What is inside of what, deeper than any document needs. */
const DEEPEST = 100;
const TOO_DEEP: Mistake = { message: `more than ${DEEPEST} objects and lists, one inside the other` };

/** The first name stands without quotes. */
const LOOKS_LIKE_YAML = /^\s*\{\s*[A-Za-z_$]/;
const BEGINS_AS_JSON = "what begins with { is read as JSON; YAML begins with a word, such as tasks:";

type Container = Record<string, unknown> | unknown[];
type Tell = (offset: number, mistake: Mistake) => void;

/** The parser of JSON, loaded late. */
export type JsonParser = Pick<typeof Jsonc, "printParseErrorCode" | "visit">;

export async function loadJsonParser(): Promise<JsonParser> {
  return import("jsonc-parser");
}

/** Reads JSON with places. Undefined, with mistakes, when it is none. */
export function readJson(lines: Lines, text: string, parser: JsonParser, mistakes: Mistakes): Tree | undefined {
  const { printParseErrorCode, visit } = parser;
  const before = mistakes.count;
  const tell: Tell = (offset, mistake) => mistakes.in(lines, offset, mistake);
  const walk = (visitor: JSONVisitor): void => visit(text, visitor, { allowTrailingComma: false });
  const values = new Values(text, tell);
  let wrongAt = -1;
  try {
    walk({
      ...values.visitor,
      onComment: (offset) => tell(offset, { message: "JSON has no comments", hint: "in YAML they begin with #" }),
      onError: (code, offset) => {
        // The first one says why there are others.
        const hint = wrongAt === -1 && LOOKS_LIKE_YAML.test(text) ? BEGINS_AS_JSON : undefined;
        if (offset !== wrongAt) tell(offset, { message: `not JSON: ${inWords(printParseErrorCode(code))}`, hint });
        wrongAt = offset;
      },
    });
  } catch (error) {
    // The parser calls itself for what stands inside.
    if (!(error instanceof RangeError)) throw error;
    tell(0, TOO_DEEP);
  }
  return mistakes.count === before ? new TextTree(lines, values.value, () => entriesIn(walk), values.names) : undefined;
}

/** Puts together the value of a JSON text. */
class Values {
  value: unknown;
  /** Where names begin of objects that stand in the outermost one: tasks and the like. */
  readonly names = new Map<string, number[]>();
  readonly visitor: JSONVisitor;
  readonly #tell: Tell;
  #container: Container | undefined;
  readonly #outer: Container[] = [];
  #key = "";
  /** Those of the object that is being read. */
  #inner: number[] = [];

  constructor(text: string, tell: Tell) {
    this.#tell = tell;
    const end = (): void => {
      this.#container = this.#outer.pop();
    };
    this.visitor = {
      onObjectBegin: (offset) => this.#begin({}, offset),
      onArrayBegin: (offset) => this.#begin([], offset),
      onObjectEnd: end,
      onArrayEnd: end,
      onObjectProperty: (name, offset) => this.#name(name, offset),
      onLiteralValue: (value: unknown, offset, length) =>
        this.#add(typeof value === "number" ? numberOrText(value, text.slice(offset, offset + length)) : value),
    };
  }

  #begin(inner: Container, offset: number): boolean {
    this.#add(inner);
    if (this.#container !== undefined) this.#outer.push(this.#container);
    this.#container = inner;
    if (this.#outer.length === 1) this.names.set(this.#key, (this.#inner = []));
    if (this.#outer.length === DEEPEST) this.#tell(offset, TOO_DEEP);
    return this.#outer.length < DEEPEST;
  }

  #name(name: string, offset: number): void {
    this.#key = name;
    if (this.#outer.length === 1) this.#inner.push(offset);
    if (!isUsableKey(name)) {
      this.#tell(offset, { message: `${quoteWord(name)} cannot be used as a name` });
    } else if (this.#container !== undefined && Object.hasOwn(this.#container, name)) {
      this.#tell(offset, { message: `${quoteWord(name)} stands twice`, hint: "leave one of them out" });
    }
  }

  #add(value: unknown): void {
    const container = this.#container;
    if (container === undefined) this.value = value;
    else if (Array.isArray(container)) container.push(value);
    else container[this.#key] = value;
  }
}

/** Where everything stands in a JSON text that is known to be good. */
function entriesIn(walk: (visitor: JSONVisitor) => void): Entries | undefined {
  let root: Entries | undefined;
  let current: Entries | undefined;
  const outer: (Entries | undefined)[] = [];
  /** Name that waits for its value, and where it stands; a list has none. */
  let key: string | undefined;
  let keyAt = 0;
  const add = (value: number, inside: Entries | undefined): void => {
    current?.set(key ?? current.size, { key: key === undefined ? value : keyAt, value, inside });
    key = undefined;
  };
  const begin = (offset: number): void => {
    const inside: Entries = new Map();
    add(offset, inside);
    outer.push(current);
    current = inside;
    root ??= inside;
  };
  const end = (): void => {
    current = outer.pop();
  };
  walk({
    onObjectBegin: begin,
    onArrayBegin: begin,
    onObjectEnd: end,
    onArrayEnd: end,
    onObjectProperty: (name, offset) => {
      key = name;
      keyAt = offset;
    },
    onLiteralValue: (_, offset) => add(offset, undefined),
  });
  return root;
}

/** `PropertyNameExpected` in words. */
function inWords(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

import { hasEscapedBytes } from "../../domain/bytes.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { dayOf, isDateTime } from "./dates.ts";
import { KnownNames, mistakeInVariable } from "./names.ts";
import type { Mistake, Mistakes } from "./mistakes.ts";
import type { DocumentShape, ParamType } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Path, Tree } from "./tree.ts";

/** A parameter of a document. */
export interface Param {
  readonly type: ParamType;
  /** Values of a choice. */
  readonly choices: readonly string[];
  /** Its value where none is given. */
  readonly usual: string | undefined;
}

/** What is wrong with values that were given for parameters, by the name of the parameter. */
export interface GivenMistake extends Mistake {
  readonly name: string;
}

type Read = { readonly value: string } | { readonly must: string };
type Reader = (text: string, choices: readonly string[]) => Read;

const when = (isGood: boolean, value: string, must: string): Read => (isGood ? { value } : { must });

/** What each type makes of a text. */
const READERS: Readonly<Record<ParamType, Reader>> = {
  string: (text) => when(!text.includes("\0") && !hasEscapedBytes(text), text, "text in UTF-8, without NUL"),
  int: (text) => {
    const number = Number(text);
    return when(/^[+-]?[0-9]+$/.test(text) && Number.isSafeInteger(number), String(number), "a whole number");
  },
  float: (text) => {
    const number = Number(text);
    return when(
      /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text) && Number.isFinite(number),
      text,
      "a number",
    );
  },
  bool: (text) => when(text === "true" || text === "false", text, "true or false"),
  date: (text) => when(dayOf(text) !== undefined, text, "a date such as 2031-01-03"),
  datetime: (text) => when(isDateTime(text), text, "a date and time such as 2031-01-03T12:00"),
  path: (text) => when(text !== "" && !text.includes("\0") && !hasEscapedBytes(text), text, "a path in UTF-8"),
  choice: (text, choices) => when(choices.includes(text), text, `one of ${choices.join(", ")}`),
};

/** The parameters that a document has, with their types. */
export function readParams(
  shape: DocumentShape,
  tree: Tree,
  damaged: ReadonlySet<string>,
  mistakes: Mistakes,
): ReadonlyMap<string, Param> {
  const params = new Map<string, Param>();
  for (const [name, said] of Object.entries(shape.params ?? {})) {
    const path: Path = ["params", name];
    const wrong = mistakeInVariable(name);
    if (wrong !== undefined) mistakes.at(tree, path, wrong, "key");
    const { type, choices, usual } = isObject(said)
      ? { type: said.type, choices: said.choices?.map(String), usual: said.default }
      : { type: undefined, choices: undefined, usual: said };
    const isDamaged = damaged.has(path.join("."));
    const param = { type: type ?? (choices === undefined ? typeOf(usual) : "choice"), choices: choices ?? [] };
    if (param.type === "choice" && param.choices.length === 0 && !isDamaged) {
      mistakes.at(tree, path, { message: "a choice without choices", hint: "write choices: [a, b]" });
    } else if (param.type !== "choice" && choices !== undefined) {
      mistakes.at(tree, [...path, "choices"], {
        message: `choices of the type ${param.type}`,
        hint: "write type: choice",
      });
    }
    const value = usual === undefined ? undefined : valueOf(param, String(usual));
    const where = isObject(said) ? [...path, "default"] : path;
    if (value !== undefined && "must" in value && !isDamaged) {
      mistakes.at(tree, where, { message: `must be ${value.must}, not ${quoteWord(String(usual))}` });
    }
    // What is wrong here is told once: whatever uses it goes on with some value.
    const some = value !== undefined && "value" in value ? value.value : isDamaged ? "" : undefined;
    params.set(name, { ...param, usual: some });
  }
  return params;
}

function typeOf(usual: string | number | boolean | undefined): ParamType {
  if (typeof usual === "boolean") return "bool";
  if (typeof usual === "number") return Number.isInteger(usual) ? "int" : "float";
  return "string";
}

function valueOf({ type, choices }: Pick<Param, "type" | "choices">, text: string): Read {
  return READERS[type](text, choices);
}

/** Sets all parameters. @returns those that have a value, and what is wrong. */
export function setParams(
  params: ReadonlyMap<string, Param>,
  given: Readonly<Record<string, string>>,
): { readonly values: ReadonlyMap<string, string>; readonly mistakes: readonly GivenMistake[] } {
  const values = new Map<string, string>();
  const mistakes: GivenMistake[] = [];
  for (const [name, param] of params) {
    const text = Object.hasOwn(given, name) ? given[name] : undefined;
    const read = text === undefined ? undefined : valueOf(param, text);
    const value = read === undefined ? param.usual : "value" in read ? read.value : undefined;
    // Whatever uses it goes on with some value.
    values.set(name, value ?? param.usual ?? "");
    if (read !== undefined && "must" in read) {
      mistakes.push({ name, message: `${name} must be ${read.must}, not ${quoteWord(text ?? "")}` });
    } else if (value === undefined) {
      mistakes.push({ name, message: `the parameter ${name} has no value` });
    }
  }
  const known = new KnownNames(() => params.keys());
  for (const name of Object.keys(given)) {
    if (!params.has(name)) mistakes.push({ name, ...known.unknown("parameter", name) });
  }
  return { values, mistakes };
}

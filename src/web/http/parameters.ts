import * as v from "valibot";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { ProblemError } from "./problem-error.ts";

/** A parameter of a path or a query: a text there, a value here. */
export interface Parameter<T = unknown> {
  /** What the value has to be; it stands in the description of the API. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** Makes a value of the text; what it cannot make one of it leaves as it is, for the schema to refuse. */
  readonly read: (text: string) => unknown;
  readonly description: string;
  /** A text that is taken, for the description. */
  readonly example: string;
  /** Whether the parameter may be left out. */
  readonly isOptional: boolean;
  /** What it is when it is left out. */
  readonly fallback?: T | undefined;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** The values of parameters, by their names. */
export type ValuesOf<P extends Parameters> = { readonly [Name in keyof P]: v.InferOutput<P[Name]["schema"]> };

/** Digits of a number; more are no number that anybody means. */
const LONGEST_NUMBER = 24;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
/** Characters of a list of words. */
const LONGEST_LIST = 1024;

/** What a parameter is for, and a text that it takes. */
interface About {
  readonly description: string;
  readonly example: string;
}

/** A whole number. */
export function whole(least: number, most: number, about: About): Parameter<number> {
  const schema = v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
  return { schema, read: asNumber, isOptional: false, ...about };
}

/** A Unix time in seconds. */
export function time(about: About): Parameter<number> {
  const schema = v.pipe(v.number(), v.minValue(0), v.maxValue(LATEST_TIME));
  return { schema, read: asNumber, isOptional: false, ...about };
}

/** Times are before this: beyond it, dates of JavaScript end. */
const LATEST_TIME = 8_640_000_000_000;

/** A span in seconds. */
export function seconds(about: About): Parameter<number> {
  return {
    schema: v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_SPAN)),
    read: asNumber,
    isOptional: false,
    ...about,
  };
}

/** Nobody means more seconds: a hundred years. */
const LONGEST_SPAN = 3_155_760_000;

/** A text that is not empty. */
export function text(longest: number, about: About): Parameter<string> {
  const schema = v.pipe(v.string(), v.minLength(1), v.maxLength(longest));
  return { schema, read: (given) => given, isOptional: false, ...about };
}

/** One of several words. */
export function choice<const Words extends readonly string[]>(words: Words, about: About): Parameter<Words[number]> {
  return { schema: v.picklist(words), read: (given) => given, isOptional: false, ...about };
}

/** Several of these words, separated by commas. */
export function choices<const Words extends readonly string[]>(
  words: Words,
  about: About,
): Parameter<readonly Words[number][]> {
  const schema = v.pipe(v.array(v.picklist(words)), v.minLength(1), v.maxLength(words.length));
  const read = (given: string): unknown => (given.length > LONGEST_LIST ? given : given.split(","));
  return { schema, read, isOptional: false, ...about };
}

/** The parameter, which may be left out. */
export function optional<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  return { ...parameter, schema: v.optional(parameter.schema), isOptional: true };
}

/** The parameter, which may be left out and then has this value. */
export function withDefault<T>(parameter: Parameter<T>, value: T): Parameter<T> {
  return { ...parameter, isOptional: true, fallback: value };
}

/** No parameters. */
export const NONE = {} satisfies Parameters;

function asNumber(given: string): unknown {
  return given.length <= LONGEST_NUMBER && NUMBER.test(given) ? Number(given) : given;
}

/**
 * The values of a query.
 *
 * @throws ProblemError `parameter-unknown`, `parameter-invalid`.
 */
export function readQuery<P extends Parameters>(parameters: P, query: URLSearchParams): ValuesOf<P> {
  const names = Object.keys(parameters);
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    if (!names.includes(name)) throw unknownParameter(name, names);
    if (given.has(name)) throw invalid(name, "stands there more than once");
    given.set(name, value);
  }
  return readValues(parameters, (name) => given.get(name));
}

/** The values of parameters, from their texts. @throws ProblemError `parameter-invalid`. */
export function readValues<P extends Parameters>(
  parameters: P,
  textOf: (name: string) => string | undefined,
): ValuesOf<P> {
  const values: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(parameters)) values[name] = valueOf(name, parameter, textOf(name));
  if (!areAllOf(parameters, values)) throw new Error("every parameter has its value");
  return values;
}

function valueOf(name: string, parameter: Parameter, given: string | undefined): unknown {
  if (given === undefined) {
    if (parameter.isOptional) return parameter.fallback;
    throw invalid(name, "is missing");
  }
  const result = v.safeParse(parameter.schema, parameter.read(given));
  if (result.success) return result.output;
  throw invalid(name, `has to be ${expected(result.issues[0])}, and is ${quoteWord(given)}`);
}

/** Whether there is a value for each parameter; what it is its own schema has said. */
function areAllOf<P extends Parameters>(parameters: P, values: object): values is ValuesOf<P> {
  return Object.keys(parameters).every((name) => name in values);
}

function unknownParameter(name: string, names: readonly string[]): ProblemError {
  const rest = names.length === 0 ? "there are none here" : `there are ${names.join(", ")}`;
  return new ProblemError("parameter-unknown", 400, `no parameter is called ${quoteWord(name)} (${rest})`);
}

function invalid(name: string, why: string): ProblemError {
  return new ProblemError("parameter-invalid", 400, `the parameter ${quoteWord(name)} ${why}`);
}

/** What was wanted, in the words of the schema. */
function expected({ expected: wanted, type }: v.BaseIssue<unknown>): string {
  switch (type) {
    case "integer":
      return "a whole number";
    case "number":
      return "a number";
    case "array":
    case "string":
      return "a text";
    case "min_length":
    case "max_length":
      return `of a length of ${wanted}`;
    default:
      return wanted ?? "something else";
  }
}

import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { numberOf, TYPE_RULES, typeOfValues, whyNoValue } from "./axis-values.ts";
import { readExpression } from "./expression.ts";
import { KnownNames } from "./names.ts";
import type { Scope } from "./scope.ts";
import type { AxisShape } from "./schema.ts";
import type { Path } from "./tree.ts";
import type { AxisType, AxisValues } from "./workflow.ts";

/** Values of an axis, and how they are compared. */
export type AxisContent = { readonly type: AxisType } & AxisValues;

/** An axis as it stands in a document. Undefined, with mistakes, for one that cannot be used. */
export function readAxis(shape: AxisShape, path: Path, scope: Scope): AxisContent | undefined {
  if (Array.isArray(shape)) return listAxis(shape.map(String), path, scope);
  if ("lines" in shape) return linesAxis(shape.lines, shape.type, path, scope);
  if ("open" in shape) return { kind: "open", type: shape.type ?? "string" };
  // Its type is what the generator says; it is looked up where all tasks are known.
  if ("generatedBy" in shape) return { kind: "generated", by: shape.generatedBy, type: "string" };
  return rangeAxis(shape, path, scope);
}

function listAxis(values: readonly string[], path: Path, { mistakes, tree }: Scope): AxisContent | undefined {
  const seen = new Set<string>();
  let isGood = true;
  for (const [i, value] of values.entries()) {
    const wrong = whyNoValue(value) ?? (seen.has(value) ? `the value ${quoteWord(value)} stands twice` : undefined);
    seen.add(value);
    if (wrong === undefined) continue;
    isGood = false;
    mistakes.at(tree, [...path, i], { message: wrong });
  }
  if (values.length === 0) {
    mistakes.at(tree, path, { message: "an axis without values", hint: "a task has no instance then" });
    return undefined;
  }
  return isGood ? { kind: "list", values, type: typeOfValues(values) } : undefined;
}

function linesAxis(file: string, type: AxisType | undefined, path: Path, scope: Scope): AxisContent | undefined {
  const { mistakes, tree } = scope;
  const where = [...path, "lines"];
  const name = scope.textOf(file, where);
  const text = scope.readFile(name, where);
  if (text === undefined) return undefined;
  const values = new Set<string>();
  for (const [i, line] of text.split("\n").entries()) {
    const value = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (value === "") continue;
    const wrong =
      whyNoValue(value) ?? (type !== undefined && type !== "string" ? whyNotOfType(type, value) : undefined);
    values.add(value);
    if (wrong === undefined) continue;
    mistakes.at(tree, where, { message: `line ${i + 1} of ${quoteWord(name)} has ${wrong}` });
    return undefined;
  }
  if (values.size === 0) {
    mistakes.at(tree, where, { message: `an axis without values: ${quoteWord(name)} has no lines` });
    return undefined;
  }
  const list = [...values];
  return { kind: "list", values: list, type: type ?? typeOfValues(list) };
}

function whyNotOfType(type: AxisType, value: string): string | undefined {
  return numberOf(type, value) === undefined ? `${quoteWord(value)}, which is not ${TYPE_RULES[type]}` : undefined;
}

interface End {
  readonly type: "int" | "date";
  readonly number: number;
}

function rangeAxis(shape: Extract<AxisShape, { from: unknown }>, path: Path, scope: Scope): AxisContent | undefined {
  const { mistakes, tree } = scope;
  const from = readEnd(shape.from, [...path, "from"], scope);
  const to = readEnd(shape.to, [...path, "to"], scope);
  const step = shape.step === undefined ? { type: "int", number: 1 } : readEnd(shape.step, [...path, "step"], scope);
  if (from === undefined || to === undefined || step === undefined) return undefined;
  if (step.type !== "int" || step.number === 0) {
    mistakes.at(tree, [...path, "step"], { message: "must be a whole number that is not 0" });
    return undefined;
  }
  if (from.type !== to.type) {
    mistakes.at(tree, path, { message: "from and to must both be whole numbers, or both dates" });
    return undefined;
  }
  if ((to.number - from.number) * step.number < 0) {
    const [first, last] = [showEnd(from), showEnd(to)];
    const hint = shape.step === undefined && to.number < from.number ? "step: -1 goes down" : undefined;
    mistakes.at(tree, path, {
      message: `an axis without values: from ${first} to ${last} in steps of ${step.number}`,
      hint,
    });
    return undefined;
  }
  return { kind: "range", from: from.number, to: to.number, step: step.number, type: from.type };
}

function showEnd({ type, number }: End): string {
  return type === "int" ? String(number) : new Date(number * 86_400_000).toISOString().slice(0, 10);
}

function readEnd(said: string | number, path: Path, scope: Scope): End | undefined {
  const { mistakes, params, tree } = scope;
  const expression = readExpression(said);
  const text = expression.kind === "literal" ? expression.text : params.get(expression.name);
  if (text === undefined) {
    if (expression.kind === "name")
      mistakes.at(tree, path, new KnownNames(() => params.keys()).unknown("parameter", expression.name));
    return undefined;
  }
  if (expression.kind === "name" && scope.unset.has(expression.name)) return undefined;
  const plus = expression.kind === "name" ? expression.plus : 0;
  for (const type of ["int", "date"] as const) {
    const number = numberOf(type, text);
    if (number !== undefined) return { type, number: number + plus };
  }
  const whose = expression.kind === "name" ? ` (the value of ${expression.name})` : "";
  const message = `must be a whole number or a date, not ${quoteWord(text)}${whose}`;
  mistakes.at(tree, path, { message, hint: whyNoEnd(text) });
  return undefined;
}

/** Why a text that looks like an end of a range is none. */
function whyNoEnd(text: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return "the calendar has no such day";
  return /^[-+]?\d/.test(text) && Number.isFinite(Number(text))
    ? "whole numbers are written as 5 or -5; values in another form stand in a list"
    : undefined;
}

import { dayOf } from "./dates.ts";
import type { AxisType } from "./workflow.ts";

/** Bytes of the longest value of an axis. */
export const LONGEST_VALUE = 4096;
/** Control characters, and what is no UTF-8. */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;

/** Why a text cannot be a value of an axis; undefined when it can. */
export function whyNoValue(text: string): string | undefined {
  if (text === "") return "an empty value";
  if (NO_TEXT.test(text)) return "a value with control characters, or bytes that are not UTF-8";
  const isLong = text.length * 3 > LONGEST_VALUE && Buffer.byteLength(text) > LONGEST_VALUE;
  return isLong ? `a value of more than ${LONGEST_VALUE} bytes` : undefined;
}

/** A value as a number that can be counted on from: a whole number, or days since 1970-01-01. Undefined when it is none of this type. */
export function numberOf(type: AxisType, text: string): number | undefined {
  if (type === "date") return dayOf(text);
  const number = Number(text);
  return type === "int" && Number.isSafeInteger(number) && String(number) === text ? number : undefined;
}

/** The type that all these values have. */
export function typeOfValues(values: readonly string[]): AxisType {
  for (const type of ["int", "date"] as const) {
    if (values.length > 0 && values.every((value) => numberOf(type, value) !== undefined)) return type;
  }
  return "string";
}

/** What a value of the type has to be, for people. */
export const TYPE_RULES: Readonly<Record<AxisType, string>> = {
  string: "text",
  int: "a whole number",
  date: "a date such as 2031-01-03",
};

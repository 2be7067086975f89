import { VARIABLE } from "./names.ts";

/** What an end of a range or a match says: a value as it stands, or a name and how far from its value. */
export type Expression =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "name"; readonly name: string; readonly plus: number };

const SUM = /^([A-Za-z_][A-Za-z0-9_]*)\s*([+-])\s*([0-9]{1,9})$/;

/** `NAME`, `NAME + 6`, `NAME - 6`, or a value; also the number that YAML makes of one. */
export function readExpression(value: string | number): Expression {
  const text = String(value).trim();
  if (VARIABLE.test(text)) return { kind: "name", name: text, plus: 0 };
  const [, name, sign, number] = SUM.exec(text) ?? [];
  if (name === undefined) return { kind: "literal", text };
  return { kind: "name", name, plus: sign === "-" ? -Number(number) : Number(number) };
}

import type { Text } from "./workflow.ts";

/** A text with the values of axes in their places. @param values by name of axis. */
export function textWith(text: Text, values: Readonly<Record<string, string>>): string {
  let all = "";
  for (const part of text) all += typeof part === "string" ? part : (values[part.axis] ?? "");
  return all;
}

/** A text as the document has it. */
export function plainText(text: Text): string {
  return text.map((part) => (typeof part === "string" ? part : `\${${part.axis}}`)).join("");
}

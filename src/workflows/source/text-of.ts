import type { Text } from "../document/workflow.ts";

/** The text with the values of axes in their places. */
export function textOf(text: Text, values: Readonly<Record<string, string>>): string {
  let all = "";
  for (const part of text) all += typeof part === "string" ? part : (values[part.axis] ?? "");
  return all;
}

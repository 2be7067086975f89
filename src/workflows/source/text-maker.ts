import type { Text } from "../document/workflow.ts";
import type { Graph } from "../graph/graph.ts";

/** Makes the text of an instance of one template. */
export type TextMaker = (index: number) => string;

/** Makes a text with places for the values of a template's axes for each of its instances: there may be a million. */
export function textMaker(graph: Graph, template: number, text: Text): TextMaker {
  const axes = graph.axesOf(template);
  const parts = text.map((part) =>
    typeof part === "string" ? part : axes.findIndex(({ name }) => name === part.axis),
  );
  const [first = "", second, third = ""] = parts;
  // Nearly all paths are such.
  if (parts.length <= 3 && typeof first === "string" && typeof second === "number" && typeof third === "string") {
    return (index) => first + graph.valueAt(template, index, second) + third;
  }
  return (index) => {
    let all = "";
    for (const part of parts) all += typeof part === "string" ? part : graph.valueAt(template, index, part);
    return all;
  };
}

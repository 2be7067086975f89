import type { InstanceState } from "../../domain/instance-state.ts";
import { printable } from "../../domain/printable.ts";
import type { Drawing, DrawnEdge, DrawnNode } from "../../workflows/views/drawing.ts";
import { arrowWords, leftOutWords, nodeLines } from "./node-lines.ts";

const COLOURS: Readonly<Record<InstanceState, string>> = {
  waiting: "white",
  ready: "white",
  running: "lightblue",
  retrying: "khaki",
  done: "palegreen",
  reused: "palegreen",
  failed: "lightcoral",
  killed: "lightcoral",
  skipped: "lightgrey",
  blocked: "orange",
};

/** A drawing in the language of Graphviz. */
export function dotOf(drawing: Drawing): string {
  const { name, nodes, edges } = drawing;
  const lines = [
    `digraph ${quoted(name)} {`,
    "  rankdir=LR;",
    "  node [shape=box];",
    ...nodes.map(nodeLine),
    ...edges.map(edgeLine),
    ...leftOutWords(drawing).map(
      (words, i) => `  ${quoted(i === 0 ? "..." : "... ...")} [label=${quoted(words)}, shape=plaintext];`,
    ),
    "}",
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function nodeLine(node: DrawnNode): string {
  const colour = node.state === undefined ? "" : `, style=filled, fillcolor=${COLOURS[node.state]}`;
  const label = nodeLines(node)
    .map(escaped)
    .join(String.raw`\n`);
  return `  ${quoted(node.name)} [label="${label}"${colour}];`;
}

function edgeLine({ from, to, label, kind, alternative }: DrawnEdge): string {
  const words = arrowWords({ label, alternative });
  const options = [
    ...(words === undefined ? [] : [`label=${quoted(words)}`]),
    ...(kind === "values" ? ["style=dashed"] : alternative === undefined ? [] : ["style=dotted"]),
  ];
  return `  ${quoted(from)} -> ${quoted(to)}${options.length === 0 ? "" : ` [${options.join(", ")}]`};`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** Within quotes a quote and a backslash mean something; so do control characters to a terminal. */
function escaped(text: string): string {
  return printable(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

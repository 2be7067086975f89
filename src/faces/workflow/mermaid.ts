import type { InstanceState } from "../../domain/instance-state.ts";
import { printable } from "../../domain/printable.ts";
import type { Drawing, DrawnEdge, DrawnNode } from "../../workflows/views/drawing.ts";
import { arrowWords, leftOutWords, nodeLines } from "./node-lines.ts";

/** Classes of the states, where there are any. */
const COLOURS: Readonly<Record<InstanceState, string>> = {
  waiting: "#ffffff",
  ready: "#ffffff",
  running: "#add8e6",
  retrying: "#f0e68c",
  done: "#98fb98",
  reused: "#98fb98",
  failed: "#f08080",
  killed: "#f08080",
  skipped: "#d3d3d3",
  blocked: "#ffa500",
};

/** A drawing in the language of Mermaid, as Markdown pages show it. */
export function mermaidOf(drawing: Drawing): string {
  const { nodes, edges } = drawing;
  const ids = new Map(nodes.map(({ name }, position) => [name, `n${position}`]));
  const states = [...new Set(nodes.flatMap(({ state }) => (state === undefined ? [] : [state])))];
  const lines = [
    "flowchart LR",
    ...nodes.map(
      (node, position) => `  n${position}[${labelOf(node)}]${node.state === undefined ? "" : `:::${node.state}`}`,
    ),
    ...edges.map((edge) => edgeLine(edge, ids)),
    ...leftOutWords(drawing).map((words, i) => `  more${i === 0 ? "" : i + 1}[${quoted([words])}]`),
    ...states.map((state) => `  classDef ${state} fill:${COLOURS[state]},color:#000000`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function labelOf(node: DrawnNode): string {
  return quoted(nodeLines(node));
}

function edgeLine({ from, to, label, kind, alternative }: DrawnEdge, ids: ReadonlyMap<string, string>): string {
  const arrow = kind === "values" || alternative !== undefined ? "-.->" : "-->";
  const words = arrowWords({ label, alternative });
  const text = words === undefined ? "" : `|${quoted([words])}|`;
  return `  ${ids.get(from) ?? ""} ${arrow}${text} ${ids.get(to) ?? ""}`;
}

function quoted(lines: readonly string[]): string {
  return `"${lines.map(escaped).join("<br/>")}"`;
}

/** Characters that mean something within the quotes of a label, to Mermaid or to HTML. */
const MEANING = /[&<>"`#;|\\]/g;

/** As numbered entities of Mermaid. */
function escaped(text: string): string {
  return printable(text).replaceAll(MEANING, (character) => `#${character.charCodeAt(0)};`);
}

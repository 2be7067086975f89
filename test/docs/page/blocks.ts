import type { Code } from "mdast";
import { lineOf, nodesOf, parseMarkdown } from "../../support/markdown.ts";
import { readSession, type Step } from "./session.ts";

/** Where a page's blocks can be run: anywhere, where SSH leads to other hosts, or where Slurm is. */
type Place = "anywhere" | "ssh" | "slurm";

/** Something that is done when a page is run. */
export type Block =
  /** Commands, and what they print. */
  | { readonly kind: "session"; readonly line: number; readonly steps: readonly Step[] }
  /** A file that is written. */
  | { readonly kind: "file"; readonly line: number; readonly name: string; readonly content: string }
  /** A command that the reader does not see. */
  | { readonly kind: "set-up"; readonly line: number; readonly command: string };

/** A page of the documentation, as far as it can be run. */
export interface Page {
  /** Path from the project's folder. */
  readonly name: string;
  readonly place: Place;
  /** In the order of the page. */
  readonly blocks: readonly Block[];
}

/** Words that may follow `console run`. */
const PLACES = ["ssh", "slurm"] as const;
const SET_UP = /^<!-- run: (.+) -->$/;

/** Reads a page. @throws Error with page and line for a block whose first line says what nobody knows. */
export function readPage(name: string, text: string): Page {
  const blocks: Block[] = [];
  const places = new Set<Place>();
  for (const node of nodesOf(parseMarkdown(text))) {
    const line = lineOf(node);
    if (node.type === "html") {
      const [, command] = SET_UP.exec(node.value) ?? [];
      if (command !== undefined) blocks.push({ kind: "set-up", line, command });
      else if (/^<!--\s*run\b/.test(node.value))
        throw new Error(`${name}:${line}: write <!-- run: COMMAND --> on one line`);
    } else if (node.type === "code") {
      const { block, place } = readCode(node, `${name}:${line}`);
      if (block !== undefined) blocks.push(block);
      places.add(place);
    }
  }
  return { name, place: PLACES.find((place) => places.has(place)) ?? "anywhere", blocks };
}

function readCode({ lang, meta, value, position }: Code, where: string): { block?: Block; place: Place } {
  const line = position?.start.line ?? 1;
  const words = (meta ?? "").split(/\s+/).filter((word) => word !== "");
  const [first, second] = words;
  const file = first?.startsWith("file=") === true ? first.slice("file=".length) : undefined;
  if (file !== undefined && words.length === 1)
    return { block: { kind: "file", line, name: file, content: value === "" ? "" : `${value}\n` }, place: "anywhere" };
  if (words.length === 0) return { place: "anywhere" };
  const place = second === undefined ? "anywhere" : PLACES.find((one) => one === second);
  if (lang !== "console" || first !== "run" || place === undefined || words.length > 2)
    throw new Error(
      `${where}: nobody knows "${[lang, ...words].join(" ")}"; there are: console run [ssh|slurm], text file=NAME`,
    );
  return { block: { kind: "session", line, steps: readSession(value, line + 1, where) }, place };
}

import type * as Yaml from "yaml";
import type { Document, Node, Pair } from "yaml";
import type { Path } from "../document/tree.ts";
import type { Imported, Note } from "./imported.ts";

/** Letters of a line of a comment. */
const WIDTH = 100;
/** Lists of plain values stand on one line up to so many letters. */
const LONGEST_LIST = 100;

/** Prints a document as YAML 1.2, with each note as a comment before what it is about. */
export async function printYaml({ document, notes }: Pick<Imported, "document" | "notes">): Promise<string> {
  const yaml = await import("yaml");
  const made = new yaml.Document(document, { aliasDuplicateObjects: false });
  yaml.visit(made, {
    Seq: (_, node) => {
      const isPlain = node.items.every((item) => yaml.isScalar(item) && !String(item.value).includes("\n"));
      if (isPlain && JSON.stringify(node.toJSON()).length <= LONGEST_LIST) node.flow = true;
    },
  });
  for (const [path, texts] of byPath(notes)) {
    const comment = texts.flatMap((text) => linesOf(text)).join("\n");
    const found = path.length === 0 ? undefined : nodeAt(made, path, yaml);
    if (found === undefined) made.commentBefore = comment;
    else found.commentBefore = comment;
  }
  return made.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Notes by what they are about, in their order. */
function byPath(notes: readonly Note[]): readonly (readonly [Path, readonly string[]])[] {
  const paths = new Map<string, { readonly path: Path; readonly texts: string[] }>();
  for (const { path, text } of notes) {
    const key = JSON.stringify(path);
    const known = paths.get(key);
    if (known === undefined) paths.set(key, { path, texts: [text] });
    else if (!known.texts.includes(text)) known.texts.push(text);
  }
  return [...paths.values()].map(({ path, texts }) => [path, texts] as const);
}

/** What a comment before it stands above: the name of an entry, or a value of a list; the nearest above it that there is. */
function nodeAt(document: Document, path: Path, yaml: typeof Yaml): Node | undefined {
  let at: unknown = document.contents;
  let found: Node | undefined;
  for (const step of path) {
    // A comment within a list or an object that stands on one line would end that line.
    if ((yaml.isSeq(at) || yaml.isMap(at)) && at.flow === true) break;
    let next: unknown;
    if (yaml.isMap(at)) {
      const pair: Pair | undefined = at.items.find(({ key }) => (yaml.isScalar(key) ? key.value : key) === step);
      if (pair !== undefined && yaml.isNode(pair.key)) found = pair.key;
      next = pair?.value;
    } else if (yaml.isSeq(at)) {
      next = typeof step === "number" ? at.items[step] : undefined;
      if (yaml.isNode(next)) found = next;
    }
    if (next === undefined) break;
    at = next;
  }
  return found;
}

/** A text in lines, each with the blank that comments begin with, and without what would end a comment. */
function linesOf(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replaceAll(/\p{Cc}+/gu, " ").split(" ")) {
    if (line !== "" && line.length + word.length + 1 > WIDTH) {
      lines.push(` ${line}`);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, ` ${line}`];
}

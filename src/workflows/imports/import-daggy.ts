import { loadJsonParser, readJson } from "../document/json.ts";
import { Lines } from "../document/lines.ts";
import { Mistakes } from "../document/mistakes.ts";
import type { Tree } from "../document/tree.ts";
import { nameOfImported } from "./document-name.ts";
import { ForeignTree } from "./foreign-tree.ts";
import type { Imported } from "./imported.ts";
import { DaggyDocument } from "./daggy-document.ts";

/** Makes a document of ours of one of Daggy, of either dialect. @throws UserError `bad-document` with all mistakes in it. */
export async function importDaggy(file: string, text: string): Promise<Imported> {
  const mistakes = new Mistakes();
  const tree = await readTree(file, text, mistakes);
  const imported =
    tree === undefined ? undefined : new DaggyDocument(new ForeignTree(tree, mistakes)).imported(nameOfImported(file));
  mistakes.refuse(file);
  if (imported === undefined) throw new Error("a document of which nothing can be used has mistakes");
  return imported;
}

async function readTree(file: string, text: string, mistakes: Mistakes): Promise<Tree | undefined> {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  return readJson(new Lines(file, plain), plain, await loadJsonParser(), mistakes);
}

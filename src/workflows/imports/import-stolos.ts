import { loadJsonParser, readJson } from "../document/json.ts";
import { Lines } from "../document/lines.ts";
import { Mistakes } from "../document/mistakes.ts";
import { nameOfImported } from "./document-name.ts";
import { ForeignTree } from "./foreign-tree.ts";
import type { Imported } from "./imported.ts";
import { StolosDocument, type StolosForm } from "./stolos-document.ts";

/** Makes a document of ours of the apps of Stolos. @throws UserError `bad-document` with all mistakes in them. */
export async function importStolos(file: string, text: string, form: StolosForm): Promise<Imported> {
  const mistakes = new Mistakes();
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const tree = readJson(new Lines(file, plain), plain, await loadJsonParser(), mistakes);
  const imported =
    tree === undefined
      ? undefined
      : new StolosDocument(new ForeignTree(tree, mistakes), form).imported(nameOfImported(file));
  mistakes.refuse(file);
  if (imported === undefined) throw new Error("a document of which nothing can be used has mistakes");
  return imported;
}

import { posix } from "node:path";
import { type Diagnostic, MOST_LISTED } from "../../domain/errors.ts";
import { plural } from "../../domain/plural.ts";
import type { DocumentFiles } from "../document/read-document.ts";
import type { ForeignForm } from "./formats.ts";
import { importDocument } from "./import-document.ts";
import type { Imported } from "./imported.ts";
import { printJson } from "./print-json.ts";

/** A document of another format, as files of ours. */
interface ForeignFiles {
  readonly files: DocumentFiles;
  readonly warnings: readonly Diagnostic[];
  /** The name of an instance for one of the foreign kind; others stay what they are. @throws UserError `unknown-goal`. */
  readonly instanceOf: (name: string) => string;
}

/**
 * The files of a document of another format: the document itself is what it becomes, so that it is read and kept as every other one.
 *
 * @param file path of the document, as it is asked for.
 * @param disk where it is.
 * @throws UserError `bad-document` with all that cannot be taken over; what `disk` throws.
 */
export async function foreignFiles(
  file: string,
  { format, ...form }: ForeignForm,
  disk: DocumentFiles,
): Promise<ForeignFiles> {
  const imported = await importDocument({ format, file, text: disk.read(file), form });
  const instanceOf = imported.instanceOf ?? ((name) => name);
  return { files: filesOfImported(file, imported, disk), warnings: warningsOf(imported), instanceOf };
}

/** The files of a document that was made of a foreign one. */
export function filesOfImported(file: string, imported: Imported, disk: DocumentFiles): DocumentFiles {
  const text = printJson(imported);
  const name = posix.normalize(file);
  return {
    read: (path) => (path === name ? text : disk.read(path)),
    placesOf: (path) => (path === name ? imported.placeOf : undefined),
  };
}

/** What people are told of the choices that were made: of very many only how many more there are. */
export function warningsOf({ notes }: Pick<Imported, "notes">): readonly Diagnostic[] {
  const seen = new Set<string>();
  const all = notes.flatMap(({ text: message, place, explains = false }) => {
    if (explains) return [];
    const key = `${place.line}:${place.column}:${message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [warning(place, message)];
  });
  const next = all[MOST_LISTED];
  if (next === undefined) return all;
  const more = warning(next.place, `and ${plural(all.length - MOST_LISTED, "more warning")}`);
  return [...all.slice(0, MOST_LISTED), more];
}

function warning(place: Diagnostic["place"], message: string): Diagnostic {
  return { code: "imported", severity: "warning", place, message };
}

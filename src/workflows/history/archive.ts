import { createHash } from "node:crypto";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import type { DocumentArchive } from "./record.ts";

/**
 * The archive of a document.
 *
 * @param file path of the document.
 * @param texts all that it was read from, by path.
 */
export function archiveOf(file: string, texts: ReadonlyMap<string, string>): DocumentArchive {
  const folder = dirname(resolve(file));
  const named = [...texts].map(([path, text]) => [nameIn(folder, path), text] as const);
  const sorted = named.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { root: nameIn(folder, file), texts: Object.fromEntries(sorted) };
}

/** Tells archives apart: the same texts in another folder have the same. Hexadecimal. */
export function digestOf({ root, texts }: DocumentArchive): string {
  // JSON tells bytes that are no UTF-8 apart, too.
  return createHash("sha256")
    .update(JSON.stringify([root, Object.entries(texts)]))
    .digest("hex")
    .slice(0, 32);
}

/** The texts of an archive by their absolute paths. @param folder where its document is, or was. */
export function textsIn({ texts }: DocumentArchive, folder: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts).map(([path, text]) => [resolve(folder, path), text]));
}

/** What lies in the folder, or below it, goes by its path from there. */
function nameIn(folder: string, path: string): string {
  const named = relative(folder, resolve(path));
  return named.startsWith("..") || isAbsolute(named) ? resolve(path) : named;
}

import { posix } from "node:path";
import { DOCUMENT } from "../document/names.ts";

/** Letters that the name of a document may have, at most. */
const LONGEST = 200;

/** The name of a document that was made of this file: the file's, as far as files of runs can be called so. */
export function nameOfImported(file: string): string {
  const usual = posix.basename(file).replace(/\.(?:ya?ml|json)$/i, "");
  if (DOCUMENT.test(usual)) return usual;
  const possible = usual
    .replaceAll(/[^A-Za-z0-9_.-]+/g, "_")
    .replace(/^[.-]+/, "")
    .slice(0, LONGEST);
  return DOCUMENT.test(possible) ? possible : "imported";
}

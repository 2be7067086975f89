import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { readDocument } from "../document/read-document.ts";
import { isTooLong } from "../document/yaml.ts";
import { filesOfImported, warningsOf } from "./foreign-files.ts";
import { type ForeignDocument, importDocument } from "./import-document.ts";
import type { Imported } from "./imported.ts";
import { printJson } from "./print-json.ts";
import { printYaml } from "./print-yaml.ts";

/** Letters of a document as JSON; YAML of longer ones would be slow to read. */
const LONGEST_YAML = 1_000_000;

/** A document of ours that was made of a foreign one. */
interface PrintedImport {
  readonly text: string;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Makes a document of ours of a foreign one, and sees that it can be read.
 *
 * @param asJson without comments; so are documents printed anyway that are large as YAML.
 * @throws UserError `bad-document` with all that cannot be taken over, and why.
 */
export async function printImported(foreign: ForeignDocument, asJson: boolean): Promise<PrintedImport> {
  const imported = await importDocument(foreign);
  const files = filesOfImported(foreign.file, imported, {
    read: (path) => {
      throw new UserError("document-unreadable", `${path}: a document that was made of another one names no files`);
    },
  });
  await readDocument(foreign.file, {}, files);
  const json = printJson(imported);
  return { text: (asJson ? undefined : await yamlOf(imported, json)) ?? json, warnings: warningsOf(imported) };
}

/** Undefined where it would be more YAML than is read: entries count there, and not letters alone. */
async function yamlOf(imported: Imported, json: string): Promise<string | undefined> {
  if (json.length > LONGEST_YAML) return undefined;
  const yaml = await printYaml(imported);
  return isTooLong(yaml) ? undefined : yaml;
}

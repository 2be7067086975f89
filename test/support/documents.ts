import { formatDiagnostic, UserError } from "../../src/domain/errors.ts";
import type { DocumentSettings, ReadDocument } from "../../src/workflows/document/read-document.ts";
import { readDocument } from "../../src/workflows/document/read-document.ts";

/** What a document is read with: other files, by path, and values of parameters. */
interface Around extends DocumentSettings {
  readonly files?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  /** Path of the document. */
  readonly path?: string;
}

/** Reads a document that stands nowhere. */
export async function readText(
  text: string,
  { files = {}, params = {}, path = "flow.yaml", ...settings }: Around = {},
): Promise<ReadDocument> {
  const all: Readonly<Record<string, string>> = { ...files, [path]: text };
  const read = (name: string): string => {
    const found = all[name];
    if (found === undefined) throw new UserError("document-unreadable", `cannot read ${name}: it is not there`);
    return found;
  };
  return readDocument(path, params, { read }, settings);
}

/** All that is wrong with a document, each as a line; or the message of what was refused otherwise. */
export async function mistakesIn(text: string, around?: Around): Promise<readonly string[]> {
  try {
    await readText(text, around);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.length === 0
      ? [`${error.code}: ${error.message}`]
      : error.diagnostics.map(formatDiagnostic);
  }
}

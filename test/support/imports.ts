import { formatDiagnostic, UserError } from "../../src/domain/errors.ts";
import { readDocument } from "../../src/workflows/document/read-document.ts";
import type { Workflow } from "../../src/workflows/document/workflow.ts";
import { filesOfImported } from "../../src/workflows/imports/foreign-files.ts";
import type { ImportFormat } from "../../src/workflows/imports/formats.ts";
import { importDocument } from "../../src/workflows/imports/import-document.ts";
import type { Imported } from "../../src/workflows/imports/imported.ts";

const NO_DISK = {
  read: (path: string): string => {
    throw new Error(`${path} was read`);
  },
};

/** What becomes of a foreign document, and what our reader makes of that. */
export async function imported(
  format: ImportFormat,
  text: string,
  file: string,
): Promise<Imported & { readonly workflow: Workflow }> {
  const made = await importDocument({ format, file, text });
  const { workflow } = await readDocument(file, {}, filesOfImported(file, made, NO_DISK));
  return { ...made, workflow };
}

/** All that is wrong with a foreign document, as users see it. */
export async function mistakesOf(format: ImportFormat, text: string, file: string): Promise<readonly string[]> {
  try {
    await imported(format, text, file);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map(formatDiagnostic);
  }
}

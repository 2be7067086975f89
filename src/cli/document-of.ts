import { Terminal } from "../faces/terminal/terminal.ts";
import { readRequested } from "../run/workflow/read-requested.ts";
import type { Workflow } from "../workflows/document/workflow.ts";
import type { ForeignForm } from "../workflows/imports/formats.ts";
import { sayOn } from "./conduct.ts";

/**
 * Reads a document of the disk.
 *
 * @param form in which it is written; undefined for ours.
 * @throws UserError `document-unreadable`, `bad-document`, `bad-param`.
 */
export async function documentOf(
  file: string,
  params: Readonly<Record<string, string>>,
  form: ForeignForm | undefined,
): Promise<Workflow> {
  const say = sayOn(new Terminal(process.stderr));
  return (await readRequested({ file, params, archive: undefined, form }, {}, say)).read.workflow;
}

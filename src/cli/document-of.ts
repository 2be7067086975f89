import { readFileSync } from "node:fs";
import { decodeBytes } from "../domain/bytes.ts";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import { readDocument } from "../workflows/document/read-document.ts";
import type { Workflow } from "../workflows/document/workflow.ts";

/** Reads a document of the disk. @throws UserError `document-unreadable`, `bad-document`, `bad-param`. */
export async function documentOf(file: string, params: Readonly<Record<string, string>>): Promise<Workflow> {
  return (await readDocument(file, params, { read })).workflow;
}

function read(path: string): string {
  try {
    return decodeBytes(readFileSync(path));
  } catch (error) {
    throw new UserError("document-unreadable", `cannot read ${path}: ${errnoText(error)}`, { cause: error });
  }
}

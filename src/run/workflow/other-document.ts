import { existsSync } from "node:fs";
import { UserError } from "../../domain/errors.ts";
import { isSameFile } from "../../records/statusfile/same-file.ts";
import type { RunRecord } from "../../workflows/history/record.ts";
import type { RunFiles } from "../files/run-files.ts";

/**
 * Refuses to go on with the runs of another document. The document is the same when it is the same file, or says the same, or when
 * the file that ran is no longer where it was: then it was moved.
 *
 * @param document absolute path of the document, and digest of what it says.
 * @param last run of the prefix.
 * @throws UserError `prefix-in-use`.
 */
export function refuseOtherDocument(
  { file, digest }: { readonly file: string; readonly digest: string },
  last: Pick<RunRecord, "file" | "document">,
  { prefix }: Pick<RunFiles, "prefix">,
): void {
  if (last.file === file || last.document === digest || !existsSync(last.file) || isSameFile(last.file, file)) return;
  const ways = "give this one other files with -p, or begin anew with --overwrite";
  throw new UserError("prefix-in-use", `${prefix} has the runs of another document, ${last.file}: ${ways}`);
}

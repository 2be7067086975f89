import { UserError } from "../../domain/errors.ts";
import type { RunRecord } from "../../workflows/history/record.ts";
import { DOCUMENTS_ON_DISK } from "./document-files.ts";

/**
 * Names of instances, for those that somebody gives as the format of the run's document has them. What the document does not tell any more
 * stays as it is.
 *
 * @throws UserError `unknown-goal` for a name of the foreign kind that means nothing.
 */
export async function ownNames(
  { file, form }: Pick<RunRecord, "file" | "form">,
  names: readonly string[],
): Promise<readonly string[]> {
  if (form === undefined) return names;
  const instanceOf = await translatorOf(file, form);
  return names.map((name) => instanceOf(name));
}

async function translatorOf(file: string, form: NonNullable<RunRecord["form"]>): Promise<(name: string) => string> {
  const { foreignFiles } = await import("../../workflows/imports/foreign-files.ts");
  try {
    return (await foreignFiles(file, form, DOCUMENTS_ON_DISK)).instanceOf;
  } catch (error) {
    if (error instanceof UserError) return (name) => name;
    throw error;
  }
}

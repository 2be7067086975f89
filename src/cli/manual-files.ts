import { describeCommandOf } from "./commands.ts";
import { describedProgram } from "./described-program.ts";
import { completionScript } from "./manual/completion.ts";
import { manPage } from "./manual/man-page.ts";
import { type SchemaPart, withTables } from "./manual/document-tables.ts";
import { commandLinePage } from "./manual/markdown.ts";
import { publishedSchema } from "../workflows/document/published-schema.ts";
import { TERMS } from "../workflows/document/term-schema.ts";

/** What is written about the command line, beside the help. */
export interface ManualFiles {
  /** Files that are installed, by their paths in a folder `share` as /usr/share is one. */
  readonly share: Readonly<Record<string, string>>;
  /** The page of the reference. */
  readonly page: string;
  /** The page on documents, with tables of all their words. */
  readonly documentPage: string;
}

/**
 * All files that are made from the descriptions of the options, and of the words of documents.
 *
 * @param version of this program.
 * @param date when the man page was last changed, as in `November 29, 2026`.
 * @param documentPage the page on documents as it is.
 */
export async function manualFiles(version: string, date: string, documentPage: string): Promise<ManualFiles> {
  const program = await describedProgram(describeCommandOf, version);
  const schema: SchemaPart = JSON.parse(publishedSchema());
  const bash = completionScript("bash", program);
  const fish = completionScript("fish", program);
  return {
    share: {
      "man/man1/disbatch.1": manPage(program, date),
      // These two shells look for a file by the name of the program that is typed, and disBatch is one, too.
      "bash-completion/completions/disbatch": bash,
      "bash-completion/completions/disBatch": bash,
      "fish/vendor_completions.d/disbatch.fish": fish,
      "fish/vendor_completions.d/disBatch.fish": fish,
      "zsh/site-functions/_disbatch": completionScript("zsh", program),
    },
    page: commandLinePage(program),
    documentPage: withTables(documentPage, schema, Object.keys(TERMS)),
  };
}

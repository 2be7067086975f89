import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import { wantsId } from "../domain/id-ranges.ts";
import type { IdRange } from "../domain/run-results.ts";
import { reasonOf } from "../files/own-file.ts";
import { OutputReader } from "../records/output/output-reader.ts";
import type { RunFiles } from "../run/files/run-files.ts";

/** What of the output of tasks is to be printed, and how. */
export interface OutputOptions {
  /** Only standard error, which goes to standard output. */
  readonly stderr: boolean;
  readonly failed: boolean;
  readonly attempt?: number;
  readonly follow: boolean;
  /** A regular expression. */
  readonly grep?: string;
}

/** What of which run is to be printed. */
export interface WantedOutput extends OutputOptions {
  readonly files: RunFiles;
  /** Tasks that were named, as `tidyRanges` has them; all when it is missing. */
  readonly ids: readonly IdRange[] | undefined;
  /** The words that start this program in the user's shell. */
  readonly words: readonly string[];
}

/** Opens what the run has kept; undefined where that is nothing. @throws UserError `output-unreadable`. */
export function openKept({ files, ids }: Pick<WantedOutput, "files" | "ids">): OutputReader | undefined {
  try {
    return OutputReader.open(files.output, ids === undefined ? undefined : (id) => wantsId(ids, id));
  } catch (error) {
    const message = `cannot read ${files.output}: ${reasonOf(error)}`;
    throw new UserError("output-unreadable", message, { exitCode: EXIT.unfinished, cause: error });
  }
}

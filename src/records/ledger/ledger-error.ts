import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { errnoText } from "../../domain/system-error.ts";

/** A record could not be written, or not be brought to the disk. The run cannot go on: exit code 3. */
export class LedgerError extends UserError {
  /** The file that could not be written. */
  readonly path: string;

  constructor(path: string, doing: string, cause: unknown) {
    super("record-failed", `cannot ${doing} ${path}: ${errnoText(cause)}`, { exitCode: EXIT.unfinished, cause });
    this.name = "LedgerError";
    this.path = path;
  }
}

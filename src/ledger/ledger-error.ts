import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";

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

/** What the system says went wrong, without the call and the path: `no space left on device (ENOSPC)`. */
export function errnoText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = /^([A-Z][A-Z0-9]+): ([^,]+)/.exec(error.message);
  return parts === null ? error.message : `${parts[2]} (${parts[1]})`;
}

/** The symbolic errno of a failed system call, for example `ENOENT`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

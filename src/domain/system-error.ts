/** What a failed system call says, without trust in the shape of what was thrown. */

/** The symbolic errno, for example `ENOENT`; undefined for any other error. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The errno's number, always positive (runtimes give it negative); undefined for any other error. */
export function errnoNumber(error: unknown): number | undefined {
  return error instanceof Error && "errno" in error && typeof error.errno === "number"
    ? Math.abs(error.errno)
    : undefined;
}

/** What was thrown, in its own words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What went wrong, without the call and the path: `no space left on device (ENOSPC)`. */
export function errnoText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = /^([A-Z][A-Z0-9]+): ([^,]+)/.exec(error.message);
  return parts === null ? error.message : `${parts[2]} (${parts[1]})`;
}

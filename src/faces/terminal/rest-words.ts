/** What a command that resumes a run does, as far as words need to tell. */
interface Resuming {
  /** Whether tasks have no outcome. */
  readonly isLeft: boolean;
  /** Tasks that have failed. */
  readonly failed: number;
  /** Instances of a document that are blocked by these, and run with them. */
  readonly blocked?: number | undefined;
  /** Whether the command runs these again. */
  readonly retry: boolean;
  /** Where the command is good, and with what, in words. */
  readonly where?: readonly string[] | undefined;
}

/** What a command that resumes a run does: the same words wherever it is shown, such as `to run the rest`. */
export function restWords({ isLeft, failed, blocked = 0, retry, where = [] }: Resuming): string {
  const which = where.map((words) => ` ${words}`).join("");
  const also = blocked > 0 ? ", and the blocked ones" : "";
  if (!isLeft) return `to run the failed ones again${also}${which}`;
  if (failed === 0) return `to run the rest${which}`;
  return retry
    ? `to run the rest, and the failed ones again${which}`
    : `to run the rest${which} (add -R for the failed ones, too)`;
}

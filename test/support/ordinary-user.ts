/** Whether root runs the tests. */
export const isRoot = process.getuid?.() === 0;

/** An id that no account has. */
export const ORDINARY_USER = 64_321;

/** Words before a command line that make an ordinary user of root. Anybody else is one. */
export const asOrdinaryUser: readonly string[] = isRoot
  ? ["setpriv", "--reuid", String(ORDINARY_USER), "--regid", String(ORDINARY_USER), "--clear-groups"]
  : [];

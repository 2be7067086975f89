/** Words that follow the name of this program, in launchers' hands only; nobody types them. */

/** Start an engine, which reads its specification from standard input. */
export const ENGINE_ARGUMENTS = ["engine", "--specified-on-stdin"] as const;

/** End an engine of the same machine and all that its tasks have started; which one stands on standard input. */
export const END_ARGUMENTS = ["engine", "--end-on-stdin"] as const;

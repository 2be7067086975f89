/**
 * Tells the user that a file of the run, which has served its time, could not be removed: no reason to fail.
 *
 * @param why what the system says; undefined when the file is gone.
 */
export function sayWhatStays(why: string | undefined, say: (message: string) => void): void {
  if (why !== undefined) say(`warning: ${why}; it is not needed any more: remove it when you can`);
}

import { GrowingRun } from "./growing-records.ts";
import type { PastRecords, PastRun } from "./past-records.ts";

/**
 * Reads the records of a run that is over, or whose driver is dead, and gives way to others every few milliseconds meanwhile.
 *
 * @throws UserError `status-file-missing`, `status-file-unreadable`, `status-file-is-directory`, `no-status-file`. A journal that
 *   cannot be used is among the warnings.
 */
export async function openPastRun(records: PastRecords): Promise<PastRun> {
  const run = new GrowingRun(records);
  try {
    await run.whole();
    run.settle();
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}

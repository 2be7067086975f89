import { statSync } from "node:fs";
import type { PicturedRun } from "../records/pictures/pictured-run.ts";
import { openPastRun, type PastRecords, type PastRun } from "../records/past/past-run.ts";

/** The records of a run as they stand when somebody asks. */
export interface WebRecords {
  /** As they were read last. */
  readonly past: PastRun;
  /** Reads what has come. @throws UserError as `openPastRun` does. */
  catchUp(): Promise<void>;
  pictured(): Promise<PicturedRun>;
  close(): Promise<void>;
}

/** Opens the records of a run, which may go on. To be closed. @throws UserError as `openPastRun` does. */
export async function openWebRecords(records: PastRecords): Promise<WebRecords> {
  let seen = lengthsOf(records);
  let past = await openPastRun(records);
  let revision = 0;
  let reading: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    const found = lengthsOf(records);
    if (found === seen) return;
    const next = await openPastRun(records);
    const before = past;
    [past, seen] = [next, found];
    revision++;
    await before.close();
  };
  return {
    get past() {
      return past;
    },
    catchUp: () => (reading ??= read().finally(() => (reading = undefined))),
    pictured: () => {
      const { state, hasJournal } = past;
      const { table, engines, kinds, started = 0, ended } = state;
      return Promise.resolve({
        table,
        engines,
        kinds: kinds.list(),
        started,
        until: ended ?? past.view().now,
        hasEnded: ended !== undefined,
        barriers: [],
        reconstructed: !hasJournal,
        revision,
      });
    },
    close: () => past.close(),
  };
}

function lengthsOf({ status, journal }: PastRecords): string {
  return [status, journal]
    .map((path) => (path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })))
    .map((stat) => `${stat?.ino} ${stat?.size}`)
    .join(" ");
}

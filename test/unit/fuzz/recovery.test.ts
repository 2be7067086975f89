import * as fc from "fast-check";
import { expect, test } from "vitest";
import { anyHistory } from "../records/recovery/history.ts";
import { journalOf, Records, statusLines } from "../records/recovery/records.ts";
import { CORPUS_SEED, fuzz, unlessRefused } from "./fuzz.ts";

const ROUNDS = 60;
const CODES = ["journal-foreign", "journal-version"];

const runs = fc
  .sample(anyHistory, { numRuns: 3, seed: CORPUS_SEED })
  .map(({ events }) => ({ journal: journalOf(events), status: statusLines(events) }));
const words = ['"e":"task-finished"', '"try":1', '"died":2', "{}", "null", "\n", "\t", "R    \t", "9007199254740991"];

/** Recovers a run. @returns whether that is possible. */
async function recovers(records: Records): Promise<boolean> {
  return (await unlessRefused(CODES, () => records.recover())) !== undefined;
}

test("whatever a journal has become, a run is recovered with all outcomes that the status file has, or is refused", async () => {
  const records = new Records();
  for (const { journal, status } of runs) {
    await fuzz({ inputs: [Buffer.from(journal)], words, rounds: ROUNDS }, async (input) => {
      records.write(input, status);
      if (!(await recovers(records))) return;
      const found = { status: records.status, journal: records.journal };
      expect(found.status.startsWith(status)).toBe(true);
      // Who is killed doing it does it again.
      expect(await recovers(records)).toBe(true);
      expect({ status: records.status, journal: records.journal }).toEqual(found);
    });
  }
});

test("whatever a status file has become, a run is recovered with all outcomes that the journal has", async () => {
  const records = new Records();
  for (const { journal, status } of runs) {
    const settled = new Set(
      [...journal.matchAll(/"e":"(?:task-finished|barrier-passed)","t":[^,]*,"id":(\d+)/g)].map(([, id]) => id),
    );
    await fuzz({ inputs: [Buffer.from(status)], words, rounds: ROUNDS }, async (input) => {
      records.write(journal, input);
      expect(await recovers(records)).toBe(true);
      const found = { status: records.status, journal: records.journal };
      const there = new Set(found.status.split("\n").map((line) => line.split("\t")[1]));
      expect([...settled].filter((id) => !there.has(id))).toEqual([]);
      expect(found.journal.startsWith(journal)).toBe(true);
      expect(await recovers(records)).toBe(true);
      expect({ status: records.status, journal: records.journal }).toEqual(found);
    });
  }
});

import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Diagnostic } from "../../../src/domain/errors.ts";
import type { RunEvent } from "../../../src/domain/events.ts";
import { JOURNAL_HEADER, type JournalEntry } from "../../../src/records/journal/entry.ts";
import { formatEvent } from "../../../src/records/journal/format.ts";
import { readJournal } from "../../../src/records/journal/read.ts";
import { entryOf } from "../../../src/records/journal/schema.ts";
import { anyEventOf } from "../records/journal/events.ts";
import { scratchFile } from "../records/ledger/scratch.ts";
import { CORPUS_SEED, fuzz, unlessRefused } from "./fuzz.ts";

const CODES = ["journal-foreign", "journal-version"];

const lines = Object.values<fc.Arbitrary<RunEvent>>(anyEventOf)
  .flatMap((anyEvent) => fc.sample(anyEvent, { numRuns: 2, seed: CORPUS_SEED }))
  .map((event) => `${formatEvent(event)}\n`);
const journal = Buffer.from(`${JOURNAL_HEADER}\n${lines.join("")}`);
const short = Buffer.from(`${JOURNAL_HEADER}\n${lines.slice(0, 3).join("")}`);
const words = [
  '"e":"run-ended"',
  '"t":1',
  "{}",
  "null",
  "[1,2]",
  `${JOURNAL_HEADER}\n`,
  '"version":3',
  '"__proto__":{}',
];

/** What a journal says; undefined when it is refused as it may be. */
function read(path: string) {
  return unlessRefused(CODES, () => {
    const warnings: Diagnostic[] = [];
    return { entries: [...readJournal(path, (warning) => void warnings.push(warning))], warnings };
  });
}

/** The entry in one line alone. */
function entryIn(line: string): JournalEntry | undefined {
  try {
    return entryOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

test("whatever a journal has become, each line that is whole counts, and the others are told of or torn", async () => {
  const path = scratchFile("journal.jsonl");
  await fuzz({ inputs: [journal, short], words, rounds: 800 }, async (input) => {
    writeFileSync(path, input);
    const reading = await read(path);
    if (reading === undefined) return;
    const [, ...after] = input.toString("utf8").split("\n");
    const found = after.map((line) => entryIn(line));
    expect(reading.entries).toEqual(found.filter((entry) => entry !== undefined));
    // The last line may be torn, and is empty when the file ends as it should.
    const foreign = found.slice(0, -1).some((entry) => entry === undefined);
    expect(reading.warnings.length).toBeGreaterThanOrEqual(foreign ? 1 : 0);
  });
});

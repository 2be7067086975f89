import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Diagnostic, UserError } from "../../../src/domain/errors.ts";
import type { RunEvent } from "../../../src/domain/events.ts";
import { JOURNAL_HEADER, type JournalEntry } from "../../../src/journal/entry.ts";
import { formatEvent } from "../../../src/journal/format.ts";
import { readJournal } from "../../../src/journal/read.ts";
import { entryOf } from "../../../src/journal/schema.ts";
import { anyEventOf } from "../journal/events.ts";
import { scratchFile } from "../ledger/scratch.ts";
import { fuzz } from "./fuzz.ts";

const CODES = ["journal-foreign", "journal-version"];

const lines = Object.values<fc.Arbitrary<RunEvent>>(anyEventOf)
  .flatMap((anyEvent) => fc.sample(anyEvent, 2))
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

interface Reading {
  readonly entries: readonly JournalEntry[];
  readonly warnings: readonly Diagnostic[];
}

/** What a journal says; undefined when it is refused as it may be. */
function read(path: string): Reading | undefined {
  const warnings: Diagnostic[] = [];
  try {
    return { entries: [...readJournal(path, (warning) => void warnings.push(warning))], warnings };
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect(CODES).toContain(error instanceof UserError ? error.code : "");
    return undefined;
  }
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
  await fuzz({ inputs: [journal, short], words, rounds: 800 }, (input) => {
    writeFileSync(path, input);
    const reading = read(path);
    if (reading === undefined) return;
    const [, ...after] = input.toString("utf8").split("\n");
    const found = after.map((line) => entryIn(line));
    expect(reading.entries).toEqual(found.filter((entry) => entry !== undefined));
    // The last line may be torn, and is empty when the file ends as it should.
    const foreign = found.slice(0, -1).some((entry) => entry === undefined);
    if (foreign) expect(reading.warnings).toHaveLength(1);
  });
});

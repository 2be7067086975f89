import { writeFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { returnCodeOf } from "../../../src/records/statusfile/return-code.ts";
import { UserError } from "../../../src/domain/errors.ts";
import { loadStatusFiles } from "../../../src/records/statusfile/load.ts";
import { formatRecord } from "../../../src/records/statusfile/format.ts";
import { parseRecord } from "../../../src/records/statusfile/parse.ts";
import { HEADER_LINE, type StatusRecord } from "../../../src/records/statusfile/record.ts";
import type { StatusIndex } from "../../../src/records/statusfile/status-index.ts";
import { scratchFile } from "../records/ledger/scratch.ts";
import { anyRecord, statusFile } from "../records/statusfile/records.ts";
import { CORPUS_SEED, fuzz } from "./fuzz.ts";

const lines = fc.sample(anyRecord, { numRuns: 40, seed: CORPUS_SEED }).map((record) => `${formatRecord(record)}\n`);
const inputs = [
  Buffer.from(`${HEADER_LINE}\n${lines.join("")}`),
  Buffer.from(statusFile({ id: 1 }, { id: 2, returnCode: 3 }, { id: 1, kind: "skipped", command: "x\ty" })),
  ...lines.slice(0, 10).map((line) => Buffer.from(line)),
];
const words = [
  "\t",
  "R    \t",
  "B    ",
  "   S",
  "\r\n",
  `${HEADER_LINE}\n`,
  "b'\\xff'",
  "'\\u12",
  '"',
  "\\x4",
  "1.",
  "-",
];

const HEADER_START = HEADER_LINE.slice(0, HEADER_LINE.indexOf("\t") + 1);

/** The records of all lines that have their newline. */
function recordsIn(content: Buffer): StatusRecord[] {
  const all = content.toString("latin1").split("\n").slice(0, -1);
  return all
    .map((line) => parseRecord(Buffer.from(line.replace(/\r$/, ""), "latin1")))
    .filter((record) => record !== undefined);
}

/** What a status file says; undefined when it is refused as none. */
function loaded(path: string): StatusIndex | undefined {
  try {
    return loadStatusFiles([path], { onWarning: () => undefined });
  } catch (error) {
    if (error instanceof UserError && error.code === "no-status-file") return undefined;
    throw error;
  }
}

/** Whether a file that is this and no more may have been going to have a line. */
function mayBreakOff(text: string): boolean {
  const isHeader = HEADER_LINE.startsWith(text.slice(0, 5));
  // oxlint-disable-next-line no-control-regex
  return isHeader || /^(?:\0|$|[ RBC](?:$|[ O](?:$|[ E](?:$|[ PSZ](?:$|[ \t])))))/.test(text);
}

function isOutcome({ kind }: StatusRecord): boolean {
  return kind === "task" || kind === "skipped";
}

test("whatever a status file has become, each line that is whole counts, and nothing else does; one without any is refused", async () => {
  const path = scratchFile("status.txt");
  await fuzz({ inputs, words, rounds: 800 }, (input) => {
    writeFileSync(path, input);
    const texts = input.toString("latin1").split("\n");
    const isEmpty = recordsIn(input).length === 0 && !texts.some((text) => text.startsWith(HEADER_START));
    const index = loaded(path);
    expect(index === undefined).toBe(isEmpty && (texts.length > 1 || !mayBreakOff(texts[0] ?? "")));
    if (index === undefined) return;
    const all = recordsIn(input).filter(isOutcome);
    const ids = new Set(all.map(({ id }) => id));
    expect(index.size).toBe(ids.size);
    for (const id of ids) {
      const records = all.filter((record) => record.id === id);
      const outcomes = records.map(({ returnCode }) => returnCode);
      const found = index.lookup(id);
      expect(index.failed(id)).toBe(!outcomes.includes(0));
      expect(records).toContainEqual(
        expect.objectContaining({ repeatIndex: found.repeatIndex, command: found.command }),
      );
      expect(outcomes).toContain(returnCodeOf(found.outcome().ending));
    }
    index.close();
  });
});

test("whatever a line has become, it is no record or one whose numbers are numbers", async () => {
  await fuzz({ inputs: inputs.slice(2), words, rounds: 3000 }, (input) => {
    const record = parseRecord(input);
    if (record === undefined) return;
    const { id, line, repeatIndex, pid, returnCode, start, finish, output, error } = record;
    const numbers = [id, line, repeatIndex, pid, returnCode, start, finish, output.bytes, error.bytes];
    expect(numbers.filter((number) => !Number.isFinite(number))).toEqual([]);
  });
});

import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, renameSync, rmSync, writeSync } from "node:fs";
import { createOwnFile } from "../../files/own-file.ts";
import { Turns } from "../../files/turns.ts";
import { CACHE_HEADER, fileLine, linesOf } from "./lines.ts";
import type { FileDigest, MadeRecord } from "./made-record.ts";
import { CacheRecords } from "./records.ts";

/** Characters that are written at a time. */
const PIECE = 1 << 20;
/** A file of fewer lines stays as it is, whatever they say. */
const FEW = 1000;

/** Whether a file is to be written anew: most of its lines count for nothing, or could stand in the others. */
export function isMostlySuperseded({
  lines,
  instances,
}: {
  readonly lines: number;
  readonly instances: number;
}): boolean {
  return lines > FEW && lines > 2 * instances;
}

/**
 * Writes a file anew with what counts of it. What is known of files is put into the records of instances. Whoever does so holds the
 * lock of the run; readers find either file. When it cannot be done, the file stays as it is.
 *
 * @param path of the file, which nobody has open for writing.
 */
export async function compact(path: string): Promise<void> {
  // The same as of other files that are being made: what a killed run leaves is found again.
  const made = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    const records = CacheRecords.read(path, () => undefined);
    try {
      await writeAnew(made, records);
    } finally {
      records.close();
    }
    renameSync(made, path);
  } catch {
    rmSync(made, { force: true });
  }
}

async function writeAnew(path: string, records: CacheRecords): Promise<void> {
  const fd = createOwnFile(path, 0o600);
  try {
    let text = `${CACHE_HEADER}\n`;
    const turns = new Turns();
    const write = (line: string): void => {
      text += `${line}\n`;
      if (text.length < PIECE) return;
      writeWhole(fd, text);
      text = "";
    };
    // Files that some record says something else of.
    const others = new Set<string>();
    for (const record of records.all()) {
      for (const line of linesOf(withStamps(record, records, others))) write(line);
      if (turns.isOver) await turns.next();
    }
    for (const file of others) {
      const known = records.contentsOf(file);
      if (known !== undefined) write(fileLine(file, known.stamp, known.digest));
    }
    writeWhole(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The record with the stamps that files have by now. */
function withStamps(record: MadeRecord, records: CacheRecords, others: Set<string>): MadeRecord {
  const { ingredients, outputs } = record;
  const stamped = (file: FileDigest): FileDigest => {
    const known = records.contentsOf(file.path);
    if (known === undefined) return file;
    if (known.digest === file.digest) return { ...file, stamp: known.stamp };
    others.add(file.path);
    return file;
  };
  const inputs = Object.entries(ingredients.inputs).map(([name, files]) => [name, files.map(stamped)] as const);
  return {
    ...record,
    ingredients: { ...ingredients, code: ingredients.code.map(stamped), inputs: Object.fromEntries(inputs) },
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, file]) => [name, stamped(file)] as const)),
  };
}

function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}

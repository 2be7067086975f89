import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Diagnostic } from "../../../../src/domain/errors.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { JOURNAL_HEADER } from "../../../../src/records/journal/entry.ts";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import type { JournaledRun } from "../../../../src/records/recovery/journaled-run.ts";
import { recoverRun, type RunRecords } from "../../../../src/records/recovery/recover-run.ts";
import { formatRecord } from "../../../../src/records/statusfile/format.ts";
import { parseRecord } from "../../../../src/records/statusfile/parse.ts";
import type { StatusRecord } from "../../../../src/records/statusfile/record.ts";
import { recordOf } from "../../../../src/records/statusfile/record-of.ts";

export const DRIVER = { node: "head", pid: 42 };

/** What engines sign with, and what that is checked by; of a certificate nothing else is looked at. */
export const ENGINE_KEYS = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** The lines of these events in a status file. */
export function statusLines(events: readonly RunEvent[]): string {
  const records = events.map((event) => recordOf(event, DRIVER)).filter((record) => record !== undefined);
  return records.map((record) => `${formatRecord(record)}\n`).join("");
}

/** The lines of these events in a journal, without its header. */
export function journalLines(events: readonly RunEvent[]): string {
  return events.map((event) => `${formatEvent(event)}\n`).join("");
}

/** A journal of these events. */
export function journalOf(events: readonly RunEvent[]): string {
  return `${JOURNAL_HEADER}\n${journalLines(events)}`;
}

/** What a recovery found and told. */
export interface Recovered {
  readonly run: JournaledRun;
  readonly events: readonly RunEvent[];
  readonly warnings: readonly Diagnostic[];
  /** Of what was dropped. */
  readonly dropped: readonly string[];
}

/** The files of a run, in a folder that is removed when the running test is over. */
export class Records {
  readonly prefix: string;

  constructor() {
    const folder = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    this.prefix = path.join(folder, "run");
  }

  write(journal: string | Buffer, status: string | Buffer): void {
    writeFileSync(`${this.prefix}_journal.jsonl`, journal);
    writeFileSync(`${this.prefix}_status.txt`, status);
  }

  get journal(): string {
    return readFileSync(`${this.prefix}_journal.jsonl`, "utf8");
  }

  get status(): string {
    return readFileSync(`${this.prefix}_status.txt`, "utf8");
  }

  /** The records in the status file, from this byte on. */
  statusRecords(from = 0): StatusRecord[] {
    const lines = readFileSync(`${this.prefix}_status.txt`).subarray(from).toString("latin1").split("\n").slice(0, -1);
    return lines.map((line) => {
      const record = parseRecord(Buffer.from(line, "latin1"));
      if (record === undefined) throw new Error(`not a status line: ${line}`);
      return record;
    });
  }

  async recover(changes: Partial<RunRecords> = {}): Promise<Recovered> {
    const events: RunEvent[] = [];
    const warnings: Diagnostic[] = [];
    const dropped: string[] = [];
    const records: RunRecords = {
      ...{ prefix: this.prefix, status: `${this.prefix}_status.txt`, journal: `${this.prefix}_journal.jsonl` },
      ...{ statusFrom: 0, journalFrom: 0, statusHeader: false, driver: DRIVER },
      engineCertificate: ENGINE_KEYS.publicKey,
      ...changes,
    };
    const run = await recoverRun(records, {
      event: (event) => void events.push(event),
      warning: (warning) => void warnings.push(warning),
      dropped: (text) => void dropped.push(text),
    });
    return { run, events, warnings, dropped };
  }
}

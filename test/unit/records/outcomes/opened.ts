import { openSync, writeFileSync } from "node:fs";
import { onTestFinished } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { JOURNAL_HEADER } from "../../../../src/records/journal/entry.ts";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import type { Diagnostic } from "../../../../src/domain/errors.ts";
import { Outcomes } from "../../../../src/records/outcomes/outcomes.ts";
import { scratchFile } from "../ledger/scratch.ts";

/** What is in a status file, and in its journal. */
export interface WrittenRecords {
  readonly status: string;
  readonly journal?: string;
  readonly isWorkflow?: boolean;
}

/** The outcomes in these files, read; closed when the running test is over. */
export function opened(...files: readonly WrittenRecords[]): Outcomes & { readonly warnings: Diagnostic[] } {
  const warnings: Diagnostic[] = [];
  const inputs = files.map(({ status, journal, isWorkflow }) => {
    const path = scratchFile("run_status.txt");
    writeFileSync(path, status);
    const journalPath = journal === undefined ? undefined : path.replace("status.txt", "journal.jsonl");
    if (journalPath !== undefined) writeFileSync(journalPath, journal ?? "", { mode: 0o644 });
    return { path, fd: openSync(path, "r"), journal: journalPath, isWorkflow };
  });
  const outcomes = new Outcomes(inputs, (warning) => void warnings.push(warning));
  onTestFinished(() => outcomes.close());
  return Object.assign(outcomes, { warnings });
}

/** The text of a journal that tells these events. */
export function journalOf(...events: readonly RunEvent[]): string {
  return [JOURNAL_HEADER, ...events.map(formatEvent)].map((line) => `${line}\n`).join("");
}

import { closeSync } from "node:fs";
import { type Place, UserError } from "../../domain/errors.ts";
import type { PreviousOutcome } from "../../domain/task.ts";
import { BlockReader } from "./block-reader.ts";
import { parseCommand } from "./command.ts";
import { numberIn, outcomeIn, splitColumns } from "./parse.ts";
import { COLUMN } from "./columns.ts";
import type { RecordTable } from "./record-table.ts";
import { endingOf } from "./return-code.ts";

/** What the status files say of one task. */
export interface EarlierTask {
  readonly id: number;
  readonly repeatIndex: number;
  /** Bytes as text. */
  readonly command: string;
  /** The line of the status file. */
  readonly place: Place;
  /** How the task ended. Made only when it is asked for, since comparing tasks does not need it. */
  outcome(): PreviousOutcome;
}

/** A status file that is held open. */
export interface OpenStatusFile {
  readonly path: string;
  readonly fd: number;
  /** True for the file that this run itself appends to. */
  readonly appended: boolean;
}

/** What earlier runs settled: one record for each task id, read back from its file when it is asked for. */
export class StatusIndex {
  #closed = false;
  readonly #files: readonly OpenStatusFile[];
  readonly #table: RecordTable;
  readonly #reader = new BlockReader();

  constructor(files: readonly OpenStatusFile[], table: RecordTable) {
    this.#files = files;
    this.#table = table;
  }

  /** How many tasks have a record. */
  get size(): number {
    return this.#table.size;
  }

  /** How many tasks have the record of a failure. */
  get failures(): number {
    return this.#table.failures;
  }

  /** The largest task id that has a record; -1 when there is none. */
  get largestId(): number {
    return this.#table.largestId;
  }

  /** Whether the task failed; undefined when there is no record of it. Reads no file. */
  failed(id: number): boolean | undefined {
    return this.#table.get(id)?.failed;
  }

  /**
   * The record that counts for this task: the last success, else the last failure. There has to be one.
   *
   * @throws UserError `status-file-changed` when it no longer stands where it stood.
   */
  lookup(id: number): EarlierTask {
    const position = this.#table.get(id);
    const file = this.#files[position?.file ?? -1];
    if (position === undefined || file === undefined) throw new Error(`task ${id} has no record`);
    const columns = splitColumns(this.#reader.read(file.fd, position.offset, position.length));
    if (numberIn(columns, COLUMN.id) !== id) {
      throw new UserError("status-file-changed", `${file.path} was changed while it was being read`);
    }
    return {
      id,
      repeatIndex: numberIn(columns, COLUMN.repeatIndex),
      command: parseCommand(columns[COLUMN.command] ?? ""),
      place: { file: file.path, line: position.lineNumber, column: 1 },
      outcome: () => {
        const { returnCode, ...outcome } = outcomeIn(columns);
        return { ...outcome, ending: endingOf(returnCode, outcome.pid), alreadyRecorded: file.appended };
      },
    };
  }

  /** Lets go of the files. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of this.#files) closeSync(file.fd);
  }
}

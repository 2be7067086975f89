import { closeSync } from "node:fs";
import type { Diagnostic } from "../../domain/errors.ts";
import { UserError } from "../../domain/errors.ts";
import { KindTable } from "../state/kind-table.ts";
import { BlockReader } from "../statusfile/block-reader.ts";
import type { LineCount } from "../statusfile/line-reader.ts";
import { NodeNames } from "../statusfile/node-names.ts";
import { parseRecord } from "../statusfile/parse.ts";
import type { StatusRecord } from "../statusfile/record.ts";
import { InstanceKeys } from "./instance-keys.ts";
import { OutcomeTable } from "./outcome-table.ts";
import { readOutcomes } from "./read-outcomes.ts";
import { readStory, type RunStory } from "./run-story.ts";

/** A status file that is to be read. */
export interface OpenOutcomes {
  /** As the user knows it. */
  readonly path: string;
  /** Of a regular file. */
  readonly fd: number;
  /** The run's journal, where there is one to be read. */
  readonly journal: string | undefined;
  /** Whether it is of a workflow, whose instances are known by their names. */
  readonly isWorkflow?: boolean | undefined;
}

/** A status file that has been read. */
export interface OutcomeFile extends OpenOutcomes {
  readonly lines: LineCount;
  /** What its journal tells. */
  readonly story: RunStory | undefined;
  /** Number of the first engine of its journal, as the table counts them. */
  readonly firstEngine: number;
  /** Why the journal was left out, in words. */
  readonly journalProblem: string | undefined;
}

/** All that status files and their journals tell. Text stays in the files, which are held open. */
export class Outcomes {
  readonly table: OutcomeTable;
  /** Names of the instances, of a workflow alone. */
  readonly instances: InstanceKeys | undefined;
  readonly kinds = new KindTable();
  readonly nodes = new NodeNames();
  readonly files: readonly OutcomeFile[];
  readonly #reader = new BlockReader();

  /**
   * Reads them, in this order.
   *
   * @param onWarning told of lines of journals that are none.
   * @throws UserError as `readOutcomes` does. A journal that cannot be read is left out.
   */
  constructor(files: readonly OpenOutcomes[], onWarning: (warning: Diagnostic) => void) {
    const isWorkflow = files.length > 0 && files.every((file) => file.isWorkflow === true);
    this.instances = isWorkflow ? new InstanceKeys() : undefined;
    this.table = new OutcomeTable(this.instances);
    const read: OutcomeFile[] = [];
    let firstEngine = 0;
    for (const [number, file] of files.entries()) {
      const lines = readOutcomes(file.fd, file.path, number, this);
      const { story, problem } = this.#storyOf(file, firstEngine, onWarning);
      read.push({ ...file, lines, story, firstEngine, journalProblem: problem });
      firstEngine += story?.engines.length ?? 0;
    }
    this.files = read;
  }

  #storyOf(
    { journal }: OpenOutcomes,
    firstEngine: number,
    onWarning: (warning: Diagnostic) => void,
  ): { readonly story?: RunStory; readonly problem?: string } {
    if (journal === undefined) return {};
    try {
      return { story: readStory(journal, this.table, firstEngine, onWarning) };
    } catch (error) {
      if (error instanceof UserError) return { problem: error.message };
      throw error;
    }
  }

  /** All that a row's line says. @throws UserError `status-file-changed` when it no longer stands where it stood. */
  record(row: number): StatusRecord {
    const file = this.files[this.table.file(row)];
    if (file === undefined) throw new Error(`row ${row} is of no file`);
    const line = this.#reader.read(file.fd, this.table.offset(row), this.table.length(row));
    const record = parseRecord(Buffer.from(line));
    if (record !== undefined) return record;
    throw new UserError("status-file-changed", `${file.path} was changed while it was being read`);
  }

  /** Lets go of the files. */
  close(): void {
    for (const { fd } of this.files) closeSync(fd);
  }
}

import { COLUMN, readInteger } from "../statusfile/columns.ts";
import type { StatusText } from "../statusfile/status-text.ts";
import { IdSet } from "../recovery/id-set.ts";
import type { TaskTable } from "../state/task-table.ts";
import { eachLine, type LineCount, type StatusLine } from "./each-line.ts";
import { Lanes } from "./lanes.ts";
import { readNode, readSeconds } from "./outcome-of-line.ts";

/** A node on which tasks have run. */
export interface SurveyedNode {
  readonly name: string;
  readonly lanes: Lanes;
  /** When its first task began, Unix time in seconds. */
  first: number;
}

/** What has to be known of a status file before it can be told as a run. */
export class Survey {
  /** In the order in which they come in the file. */
  readonly nodes = new Map<string, SurveyedNode>();
  /** Unix times in seconds: when the first task began that is known, and the last one ended. */
  first = Infinity;
  last = -Infinity;
  readonly #table: TaskTable;
  readonly #succeeded = new IdSet();

  /** @param table is told which line counts of each task: the last success, else the last failure. */
  constructor(table: TaskTable) {
    this.#table = table;
  }

  read(file: StatusText): Promise<LineCount> {
    return eachLine(file, (line) => {
      if (line.kind === " " || line.kind === "S") this.#take(line);
    });
  }

  #take(line: StatusLine): void {
    const id = readInteger(line.bytes, line.starts, COLUMN.id);
    const hasSucceeded = readInteger(line.bytes, line.starts, COLUMN.returnCode) === 0;
    if (hasSucceeded) this.#succeeded.add(id);
    if (hasSucceeded || !this.#succeeded.has(id)) this.#table.placeLine(id, line.offset);
    if (line.kind === " ") this.#occupy(line);
  }

  #occupy(line: StatusLine): void {
    const [start, finish] = [readSeconds(line, COLUMN.start), readSeconds(line, COLUMN.finish)];
    // What was given up, or never started, has no times.
    if (start === 0) return;
    const name = readNode(line);
    let node = this.nodes.get(name);
    if (node === undefined) this.nodes.set(name, (node = { name, lanes: new Lanes(), first: start }));
    node.lanes.add(start, finish);
    node.first = Math.min(node.first, start);
    this.first = Math.min(this.first, start);
    this.last = Math.max(this.last, finish);
  }
}

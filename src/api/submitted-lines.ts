import { DisBatchError } from "./errors.ts";

/** What JavaScript has room for. */
const LONGEST_LIST = 2 ** 32 - 1;

/** What lines have become that were submitted: tasks and barriers, which are numbered in one sequence from 0. */
export class SubmittedLines {
  /** Id of the first task or barrier that they make. */
  readonly first: number;
  /** How many they make: several for several lines or a REPEAT, none for a PREFIX, a comment or an empty line. */
  readonly count: number;

  constructor({ first, count }: { readonly first: number; readonly count: number }) {
    this.first = first;
    this.count = count;
  }

  /** Id of the one task or barrier. @throws DisBatchError `no-single-id` when there are none or several. */
  get id(): number {
    if (this.count === 1) return this.first;
    throw new DisBatchError("no-single-id", `what was submitted has made ${this.count} tasks: ask for its ids`);
  }

  /** All ids, in order; the list is made when it is asked for. @throws DisBatchError `too-many-ids` for more than a list can have. */
  get ids(): number[] {
    if (this.count > LONGEST_LIST)
      throw new DisBatchError(
        "too-many-ids",
        `what was submitted has made ${this.count} tasks: no list has room for so many ids`,
      );
    return Array.from({ length: this.count }, (_, i) => this.first + i);
  }
}

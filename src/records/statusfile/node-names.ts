import { decodeBytes } from "../../domain/bytes.ts";
import { COLUMN } from "./columns.ts";
import { hashOf } from "./hash.ts";
import type { StatusLine } from "./line-reader.ts";

/** Names of nodes, numbered from 0 in the order in which they appear. */
export class NodeNames {
  readonly all: string[] = [];
  /** Their bytes. */
  readonly #names: Buffer[] = [];
  /** Numbers of those that share a hash: making a text of each name would cost more than all the rest. */
  readonly #byHash = new Map<number, number[]>();

  /** The node in this line. */
  nameIn(line: StatusLine): string {
    return this.all[this.numberIn(line)] ?? "";
  }

  /** The number of the node in this line. */
  numberIn({ bytes, starts }: StatusLine): number {
    const from = starts[COLUMN.node] ?? 0;
    const to = (starts[COLUMN.node + 1] ?? 0) - 1;
    const hash = hashOf(bytes, from, to);
    let numbers = this.#byHash.get(hash);
    if (numbers === undefined) this.#byHash.set(hash, (numbers = []));
    for (const number of numbers) if (this.#names[number]?.compare(bytes, from, to) === 0) return number;
    const name = Buffer.from(bytes.subarray(from, to));
    const number = this.#names.push(name) - 1;
    this.all.push(decodeBytes(name));
    numbers.push(number);
    return number;
  }
}

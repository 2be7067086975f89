import type { Instance, InstanceRange } from "./instance.ts";

/** Task ids of instances: whole ranges of them, one after another as they are added. Indexes without an instance have ids, too. */
export class Numbering {
  /** Of each template: what is known of its ranges, in the order of their indexes. */
  readonly #ranges: Starts[] = [];
  /** First ids of all ranges, and what they belong to. */
  readonly #ids: number[] = [];
  readonly #templates: number[] = [];
  readonly #froms: number[] = [];
  #next: number;

  /** @param firstId what the first instance is to have. */
  constructor(firstId: number) {
    this.#next = firstId;
  }

  /** All ids that have been given are below this. */
  get end(): number {
    return this.#next;
  }

  /** Gives ids to those indexes that have none: all that are behind those that were added before. */
  add({ template, from: first, to }: InstanceRange): void {
    const ranges = (this.#ranges[template] ??= { froms: [], ids: [], end: 0 });
    const from = Math.max(first, ranges.end);
    if (to <= from) return;
    ranges.end = to;
    const last = ranges.froms.length - 1;
    // A range that goes on where the last one ended, by index and by id, is the same range.
    if (
      this.#templates.at(-1) !== template ||
      this.#next - (ranges.ids[last] ?? 0) !== from - (ranges.froms[last] ?? 0)
    ) {
      ranges.froms.push(from);
      ranges.ids.push(this.#next);
      this.#ids.push(this.#next);
      this.#templates.push(template);
      this.#froms.push(from);
    }
    this.#next += to - from;
  }

  /** The id of an index; -1 where it has none. */
  idOf(template: number, index: number): number {
    const ranges = this.#ranges[template];
    if (ranges === undefined || index >= ranges.end) return -1;
    const at = lastUpTo(ranges.froms, index);
    return at === -1 ? -1 : (ranges.ids[at] ?? 0) + index - (ranges.froms[at] ?? 0);
  }

  /** What has an id; undefined for one that has not been given. */
  instanceOf(id: number): Instance | undefined {
    const at = lastUpTo(this.#ids, id);
    if (at === -1 || id >= this.#next) return undefined;
    return { template: this.#templates[at] ?? 0, index: (this.#froms[at] ?? 0) + id - (this.#ids[at] ?? 0) };
  }
}

interface Starts {
  readonly froms: number[];
  readonly ids: number[];
  /** The index behind the last one that has an id. */
  end: number;
}

/** Position of the last number that is not above `limit`; -1 where all are. */
function lastUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

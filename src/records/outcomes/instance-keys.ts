import { hashOf } from "../statusfile/hash.ts";
import { IdRows } from "../statusfile/id-rows.ts";

/** Keys that are no TaskID: of names whose TaskID another name has had. */
const FIRST_OWN_KEY = 2 ** 40;
/** Bits of the second hash of a name that a safe integer has room for, beside those of the first one. */
const MORE_BITS = 2 ** 21;
/** What the second hash multiplies by. */
const OTHER_PRIME = 0x85ebca6b;

/**
 * Tells the instances of a workflow apart by their names. An instance may have another TaskID in a later run of its document, and a TaskID
 * may be another instance's. Of a name a hash of 53 bits is kept: a million texts would take more memory than all else that is known
 * of them.
 */
export class InstanceKeys {
  /** Keys by the hash of a name, and by the TaskID. */
  readonly #byName = new KeyTable();
  readonly #byId = new KeyTable();
  #own = FIRST_OWN_KEY;

  /** The key of an instance: the first TaskID that it had, as a rule. Its name stands in these bytes. */
  keyFor(bytes: Uint8Array, from: number, to: number, id: number): number {
    const more = hashOf(bytes, from, to, OTHER_PRIME) >>> 0;
    const name = (more % MORE_BITS) * 2 ** 32 + (hashOf(bytes, from, to) >>> 0);
    let key = this.#byName.get(name);
    if (key === undefined) {
      key = this.#byId.get(id) === undefined ? id : this.#own++;
      this.#byName.set(name, key);
    }
    this.#byId.set(id, key);
    return key;
  }

  /** The key of the instance that had this TaskID last. */
  keyOf(id: number): number {
    return this.#byId.get(id) ?? id;
  }
}

/** A key for each number. */
class KeyTable {
  readonly #rows = new IdRows();
  #keys = new Float64Array(this.#rows.capacity);

  get(number: number): number | undefined {
    const row = this.#rows.rowOf(number);
    return row < 0 ? undefined : this.#keys[row];
  }

  set(number: number, key: number): void {
    let row = this.#rows.rowOf(number);
    if (row < 0) row = this.#rows.add(number);
    if (row >= this.#keys.length) {
      const longer = new Float64Array(this.#rows.capacity);
      longer.set(this.#keys);
      this.#keys = longer;
    }
    this.#keys[row] = key;
  }
}

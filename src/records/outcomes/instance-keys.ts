/** Keys that are no TaskID: of names whose TaskID another name has had. */
const FIRST_OWN_KEY = 2 ** 40;

/**
 * Tells the instances of a workflow apart by their names. An instance may have another TaskID in a later run of its document, and a TaskID
 * may be another instance's.
 */
export class InstanceKeys {
  readonly #keys = new Map<string, number>();
  readonly #byId = new Map<number, number>();
  #own = FIRST_OWN_KEY;

  /** The key of an instance: the first TaskID that it had, as a rule. @param name bytes as text. */
  keyFor(name: string, id: number): number {
    let key = this.#keys.get(name);
    if (key === undefined) {
      key = this.#byId.has(id) ? this.#own++ : id;
      this.#keys.set(name, key);
    }
    this.#byId.set(id, key);
    return key;
  }

  /** The key of the instance that had this TaskID last. */
  keyOf(id: number): number {
    return this.#byId.get(id) ?? id;
  }
}

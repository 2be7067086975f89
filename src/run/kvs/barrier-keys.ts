import type { RunEvent, RunObserver } from "../../domain/events.ts";
import type { Barrier } from "../../domain/task.ts";
import { type KeyValues, textValue } from "../../kvs/key-values.ts";
import type { Deliveries } from "../../tasks/kvs/deliveries.ts";

/** Tells a key-value server of each barrier with a key that is passed: its id is put under that key. */
export class BarrierKeys implements RunObserver {
  readonly name = "the keys of barriers";
  readonly #values: KeyValues;
  readonly #deliveries: Deliveries;

  /** @param passed barriers that an earlier driver of the run has passed; those that the server does not know are told again. */
  constructor(values: KeyValues, deliveries: Deliveries, passed: readonly Barrier[]) {
    this.#values = values;
    this.#deliveries = deliveries;
    for (const barrier of passed) if (!deliveries.has(barrier.id)) this.#tell(barrier);
  }

  observe(event: RunEvent): void {
    if (event.type === "barrier-passed") this.#tell(event.barrier);
  }

  #tell({ id, key }: Barrier): void {
    if (key === undefined) return;
    this.#values.put(key, textValue(String(id)));
    this.#deliveries.sent(this.#values, id);
  }
}

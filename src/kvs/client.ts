import type { KvsAddress } from "./address.ts";
import type { KeyValues } from "./key-values.ts";

/**
 * Connects to a server. Each `get` and `view` that waits has a connection of its own; what is put goes in order.
 *
 * @throws UserError `kvs-unreachable`.
 */
export function connectKvs(address: KvsAddress, signal?: AbortSignal): Promise<KeyValues> {
  return Promise.reject(new Error(`not written yet: ${address.host} ${signal === undefined}`));
}

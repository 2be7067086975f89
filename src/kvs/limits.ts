/** How much a key-value server takes before it closes the connection that wants more. */
export interface KvsLimits {
  /** Bytes of a key. */
  readonly keyBytes: number;
  /** Bytes of a value. */
  readonly valueBytes: number;
  /** Values that wait under one key. */
  readonly valuesOfKey: number;
  /** Keys that have values. */
  readonly keys: number;
  /** Monitors: pairs of a monitor key and a key that it monitors. */
  readonly monitors: number;
  /** Connections at once. Each has one request that waits, at the most. */
  readonly connections: number;
  /** Bytes of all values, of requests that have arrived in part, and of answers that nobody has read yet. */
  readonly totalBytes: number;
}

const MiB = 1024 * 1024;

/** Far more than programs need that feed runs with tasks, and what a driver can bear. */
export const KVS_LIMITS: KvsLimits = {
  keyBytes: 64 * 1024,
  valueBytes: 64 * MiB,
  valuesOfKey: 1_000_000,
  keys: 1_000_000,
  monitors: 1_000,
  connections: 10_000,
  totalBytes: 1024 * MiB,
};

/** Bytes that a kept value costs beside its own, and a key that has values. */
export const COST_OF_VALUE = 256;
export const COST_OF_KEY = 512;

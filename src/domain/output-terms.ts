/** Tasks of which a run keeps what they print. */
export const OUTPUT_KEEPS = ["all", "failed", "none"] as const;
export type OutputKeep = (typeof OUTPUT_KEEPS)[number];

/** What a run keeps of what its tasks print, as engines are told. */
export interface OutputTerms {
  readonly keep: OutputKeep;
  /** The last bytes of each stream of each attempt that are kept. */
  readonly limit: number;
}

/** The last bytes of each stream that are kept unless the user says otherwise. */
export const OUTPUT_LIMIT = 64 * 1024;
/** The largest such limit that a user may set: all of it is in memory at some time. */
export const MOST_OUTPUT_LIMIT = 16 * 1024 * 1024;

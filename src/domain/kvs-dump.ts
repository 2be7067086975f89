/** What a key-value server has told of its contents. */
export interface KvsDump {
  readonly counts: {
    readonly gets: number;
    readonly puts: number;
    readonly views: number;
    readonly waits: number;
    readonly served: number;
  };
  readonly waiting: ReadonlyArray<{ readonly key: string; readonly waiters: number }>;
  readonly keys: readonly DumpedKey[];
}

/** A key that has values, and its newest. */
export interface DumpedKey {
  readonly key: string;
  readonly values: number;
  readonly encoding: string;
  /** Bytes of the newest value. */
  readonly length: number;
  /** The newest value as text, shortened where `isWhole` is false; undefined where the server has not told it. */
  readonly text: string | undefined;
  readonly isWhole: boolean;
}

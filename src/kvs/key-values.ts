/** A value as it came: four bytes of encoding (`ASTR`, `JSON`, `PYPK`, ...), and bytes that nobody interprets. */
export interface KvsValue {
  /** Four characters U+0000 to U+00FF, each of which stands for one byte. */
  readonly encoding: string;
  readonly bytes: Uint8Array;
}

/** Values by keys, in this process or on a server. Keys are text. */
export interface KeyValues {
  /** Adds a value to those of the key. To a server that is gone, the value is lost; `gone` tells of it. */
  put(key: string, value: KvsValue): void;
  /** Takes the oldest value away; waits until there is one. Rejects when the signal aborts (nothing is taken then), or the server is gone. */
  get(key: string, signal?: AbortSignal): Promise<KvsValue>;
  /** The newest value, which stays; waits until there is one. Rejects as `get` does. */
  view(key: string, signal?: AbortSignal): Promise<KvsValue>;
  /** Resolves when all that was put has been taken by the server. Rejects when the server is gone. */
  flushed(): Promise<void>;
  /** Resolves with the reason when the server is gone; never for a store of this process that is not shut down. */
  readonly gone: Promise<string>;
  /** Ends the use of it. What waits is rejected; a store of this process stays. */
  close(): Promise<void>;
}

/** A value of text, as `ASTR` unless another encoding is named. */
export function textValue(text: string, encoding = "ASTR"): KvsValue {
  return { encoding, bytes: Buffer.from(text) };
}

import { type StreamName, STREAMS } from "../domain/output.ts";
import { OutputReader, type StoredAttempt } from "../records/output/output-reader.ts";
import type { KeptStream } from "../web/api/answers.ts";

/** Tasks whose places in the output file are known at a time: those that somebody looks at. */
const MOST_TASKS = 8;

/** What a run has kept of what its tasks have printed; its memory does not grow with them. */
export class WebOutputs {
  readonly #path: string;
  /** By TaskID; that which was asked for last comes last. */
  readonly #readers = new Map<number, OutputReader>();

  /** @param path of the run's output file, which may not be there yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /** What is kept of the last attempt of a task. @throws the system's error, ForeignFileError. */
  kept(task: number): Partial<Record<StreamName, KeptStream>> {
    const { attempt } = this.#attemptOf(task) ?? {};
    const kept: Partial<Record<StreamName, KeptStream>> = {};
    for (const stream of STREAMS) {
      const stored = attempt?.streams[stream];
      if (stored !== undefined) kept[stream] = { bytes: stored.bytes, missing: stored.missing };
    }
    return kept;
  }

  /** Bytes of a stream, from this one to before that one, as far as they are kept. @throws Error when they cannot be read. */
  async read(task: number, stream: StreamName, from: number, to: number): Promise<Buffer> {
    const { reader, attempt } = this.#attemptOf(task) ?? {};
    const stored = attempt?.streams[stream];
    if (reader === undefined || attempt === undefined || stored === undefined) return Buffer.alloc(0);
    const bytes = await reader.read(attempt, stream);
    const first = Math.max(0, from - stored.missing);
    return bytes.subarray(first, Math.max(first, to - stored.missing));
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }

  #attemptOf(task: number): { readonly reader: OutputReader; readonly attempt: StoredAttempt } | undefined {
    const reader = this.#readerOf(task);
    const attempt = reader?.attempts(task).at(-1);
    return reader === undefined || attempt === undefined ? undefined : { reader, attempt };
  }

  #readerOf(task: number): OutputReader | undefined {
    const known = this.#readers.get(task);
    known?.update();
    const reader = known ?? OutputReader.open(this.#path, (id) => id === task);
    if (reader === undefined) return undefined;
    this.#readers.delete(task);
    this.#readers.set(task, reader);
    for (const [other, old] of this.#readers) {
      if (this.#readers.size <= MOST_TASKS) break;
      this.#readers.delete(other);
      old.close();
    }
    return reader;
  }
}

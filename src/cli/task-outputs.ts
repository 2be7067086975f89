import { decodeBytes } from "../domain/bytes.ts";
import { STREAMS } from "../domain/output.ts";
import type { OutputEnd, TaskOutput } from "../faces/monitor/state.ts";
import { OutputReader } from "../records/output/output-reader.ts";

/** Bytes at the end of each stream that are read: more lines than anybody scrolls through. */
const MOST = 16 * 1024;

/** What a run has kept of what its tasks have printed, for one task after the other. */
export class TaskOutputs {
  readonly #path: string;
  #reader: OutputReader | undefined;

  /** @param path of the run's output file, which may not be there yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The ends of what the last attempt of a task has printed; nothing where that cannot be read. */
  async of(id: number): Promise<TaskOutput> {
    try {
      if (this.#reader === undefined) this.#reader = OutputReader.open(this.#path);
      else this.#reader.update();
      const attempt = this.#reader?.attempts(id).at(-1);
      if (this.#reader === undefined || attempt === undefined) return {};
      const ends: Partial<Record<(typeof STREAMS)[number], OutputEnd>> = {};
      for (const stream of STREAMS) {
        const stored = attempt.streams[stream];
        if (stored === undefined) continue;
        const bytes = await this.#reader.read(attempt, stream);
        ends[stream] = { bytes: stored.bytes, text: decodeBytes(bytes.subarray(-MOST)) };
      }
      return { ...ends, of: { attempt: attempt.attempt, failed: attempt.failed } };
    } catch {
      // A monitor shows what it can: disbatch output says what is wrong.
      return {};
    }
  }

  close(): void {
    this.#reader?.close();
  }
}

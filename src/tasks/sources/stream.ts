import { EXIT } from "../../domain/exit-codes.ts";
import { UserError } from "../../domain/errors.ts";
import type { TaskSource } from "../../domain/source.ts";
import { messageOf } from "../../domain/system-error.ts";
import { ParsedSource, type ByteInput, type ParsedSourceOptions } from "./parsed-source.ts";

/** Bytes that arrive in their own time. A Readable is destroyed in the end; anything else is told to `return`. */
export type ByteStream = AsyncIterable<Uint8Array> & { destroy?: () => unknown };

/**
 * Tasks from a stream, line by line as the lines arrive. A line is there for `next` as soon as its newline has been read;
 * no chunk is read before everything of the last one has been handed out.
 */
export function streamSource(stream: ByteStream, options: Omit<ParsedSourceOptions, "total">): TaskSource {
  return new ParsedSource(new StreamInput(stream, options.name), options);
}

class StreamInput implements ByteInput {
  readonly #stream: ByteStream;
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #name: string;

  constructor(stream: ByteStream, name: string) {
    this.#stream = stream;
    this.#iterator = stream[Symbol.asyncIterator]();
    this.#name = name;
  }

  async read(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#iterator.next();
      return done === true ? undefined : value;
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const reason = messageOf(cause);
      throw new UserError("task-stream-failed", `${this.#name}: cannot be read on: ${reason}`, {
        exitCode: EXIT.unfinished,
        cause,
      });
    }
  }

  async close(): Promise<void> {
    if (this.#stream.destroy !== undefined) this.#stream.destroy();
    // Nobody awaits this: it waits for an outstanding read, which may never end.
    else void this.#iterator.return?.().catch(() => undefined);
  }
}

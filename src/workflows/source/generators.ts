import { UserError } from "../../domain/errors.ts";
import type { AxisType } from "../document/workflow.ts";
import type { Growth } from "./growth.ts";
import { PrintedLines, type Lines } from "./printed-lines.ts";

/** Bytes that an attempt may print, at most. */
const MOST_PRINTED = 64 * 1024 * 1024;
/** Bytes without a new value after which it is kept all the same how far an attempt has come. */
const UNKEPT = 1024 * 1024;

/** What a generator makes of what it prints. */
type Product = { readonly kind: "values"; readonly type: AxisType } | { readonly kind: "tasks" };

/** An instance that generates. */
export interface Generator {
  /** Name of the instance. */
  readonly name: string;
  readonly product: Product;
  /** Axes that its values are of. */
  readonly axes: readonly number[];
}

export interface GeneratorsOptions {
  /** Adds what was made to the graph, as far as it is new there, if it can be. @throws UserError when it cannot; then nothing has been added. */
  readonly add: (generator: Generator, growth: Growth) => void;
  /** Keeps what was made; it is there when this returns. @throws Error when it cannot be kept. */
  readonly keep: (growth: Growth) => void;
  /** What was added can be given out. */
  readonly added: () => void;
}

/** One attempt of a generator. */
interface Attempt {
  readonly number: number;
  /** Bytes that have come. */
  received: number;
  /** Bytes that need not come again. */
  kept: number;
  lines: PrintedLines;
  /** Values that were kept, whether or not the axis had them from another generator. */
  readonly values: Set<string>;
  /** There is a record of it: of one that has printed nothing, an empty one says so. */
  isRecorded: boolean;
  /** All that it has printed, of one that makes tasks. */
  chunks: Uint8Array[];
  refused: UserError | undefined;
  hasEnded: boolean;
}

/** Takes what generators print: values line by line, tasks as a whole when their attempt has succeeded. */
export class Generators {
  readonly #options: GeneratorsOptions;
  /** The last attempt of each, by name. */
  readonly #attempts = new Map<string, Attempt>();
  /** Tasks that were taken in, as they were printed, by the generator's name. */
  readonly #taken = new Map<string, string>();

  constructor(options: GeneratorsOptions) {
    this.#options = options;
  }

  /** Takes what was kept before, in the order in which it was. */
  replay(generator: Generator, growth: Growth): void {
    const offset = growth.type === "values" ? growth.offset : 0;
    const last = this.#attempts.get(generator.name);
    const attempt = this.#begin(generator, growth.attempt, offset, last);
    attempt.isRecorded = true;
    if (growth.type === "values") for (const value of growth.values) attempt.values.add(value);
    attempt.hasEnded = growth.type === "tasks";
    if (growth.type === "tasks") this.#taken.set(generator.name, growth.text);
    this.#options.add(generator, growth);
    this.#options.added();
  }

  /**
   * An attempt has printed more; no bytes for its end, when it has succeeded.
   *
   * @returns how many bytes of it need not come again.
   * @throws UserError `generator-refused`: the attempt has failed.
   */
  printed(generator: Generator, number: number, offset: number, bytes: Uint8Array): number {
    const attempt = this.#attemptOf(generator, number);
    if (attempt === undefined) return offset + bytes.length;
    if (attempt.refused !== undefined) throw attempt.refused;
    const fresh = bytes.subarray(Math.max(0, attempt.received - offset));
    try {
      if (offset > attempt.received) throw refused(generator, "some of what it has printed was lost");
      attempt.received += fresh.length;
      if (attempt.received > MOST_PRINTED) throw refused(generator, "it has printed more than 64 MiB");
      if (generator.product.kind === "tasks") this.#takeTasks(generator, attempt, fresh, bytes.length === 0);
      else if (bytes.length > 0) this.#takeValues(generator, attempt, attempt.lines.push(fresh), false);
      else this.#takeValues(generator, attempt, attempt.lines.end(), true);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      attempt.refused = error;
      attempt.chunks = [];
      throw error;
    }
    return attempt.kept;
  }

  /** The generator has come to its end. */
  forget({ name }: Generator): void {
    this.#attempts.delete(name);
  }

  /** Undefined for one that is over. */
  #attemptOf(generator: Generator, number: number): Attempt | undefined {
    const last = this.#attempts.get(generator.name);
    if (last === undefined || last.number < number) return this.#begin(generator, number, 0);
    return last.number > number || last.hasEnded ? undefined : last;
  }

  /** @param last attempt, of which this may be more. */
  #begin(generator: Generator, number: number, offset: number, last?: Attempt): Attempt {
    const { product } = generator;
    const attempt: Attempt = {
      number,
      received: offset,
      kept: offset,
      lines: new PrintedLines(offset, product.kind === "values" ? product.type : "string"),
      values: last?.number === number ? last.values : new Set(),
      isRecorded: false,
      chunks: [],
      refused: undefined,
      hasEnded: false,
    };
    this.#attempts.set(generator.name, attempt);
    return attempt;
  }

  #takeValues(generator: Generator, attempt: Attempt, { values, offset, mistake }: Lines, isEnd: boolean): void {
    const fresh = [...new Set(values)].filter((value) => !attempt.values.has(value));
    const isFirstAtEnd = isEnd && mistake === undefined && !attempt.isRecorded;
    if (fresh.length > 0 || offset - attempt.kept >= UNKEPT || isFirstAtEnd) {
      const growth = { type: "values", by: generator.name, attempt: attempt.number, values: fresh, offset } as const;
      this.#add(generator, growth);
      for (const value of fresh) attempt.values.add(value);
      attempt.kept = offset;
      attempt.isRecorded = true;
    }
    if (mistake !== undefined) throw refused(generator, `${mistake}: each line has to be a value`);
  }

  #takeTasks(generator: Generator, attempt: Attempt, bytes: Uint8Array, isEnd: boolean): void {
    if (bytes.length > 0) attempt.chunks.push(bytes.slice());
    if (!isEnd) return;
    const text = textOf(attempt.chunks);
    if (text === undefined) throw refused(generator, "what it has printed is not UTF-8");
    const taken = this.#taken.get(generator.name);
    if (taken === undefined) {
      this.#add(generator, { type: "tasks", by: generator.name, attempt: attempt.number, text });
      this.#taken.set(generator.name, text);
    } else if (text !== taken) {
      throw refused(generator, "it has printed other tasks than an attempt before, whose tasks were taken in");
    }
    attempt.chunks = [];
    attempt.hasEnded = true;
    attempt.kept = attempt.received;
  }

  #add(generator: Generator, growth: Growth): void {
    try {
      this.#options.add(generator, growth);
    } catch (error) {
      throw error instanceof UserError ? refused(generator, whyRefused(error), error) : error;
    }
    this.#options.keep(growth);
    this.#options.added();
  }
}

/** The path of a circle, and who makes the same file, stand in diagnostics. */
function whyRefused({ code, message, diagnostics: [first] }: UserError): string {
  return (code === "cycle" || code === "file-conflict") && first !== undefined ? first.message : message;
}

function refused({ name }: Generator, why: string, cause?: UserError): UserError {
  return new UserError("generator-refused", `${name}: ${why}`, { cause, diagnostics: cause?.diagnostics ?? [] });
}

function textOf(chunks: readonly Uint8Array[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

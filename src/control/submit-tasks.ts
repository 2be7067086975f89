import { decodeBytes } from "../domain/bytes.ts";
import { type Diagnostic, UserError } from "../domain/errors.ts";
import type { Submission } from "../domain/source.ts";
import type { DriverLine } from "./driver-line.ts";

/** Characters of lines that go into one message; a few times as many bytes are less than a driver takes of a controller. */
const MOST_AT_ONCE = 256 * 1024;
/** Characters of a line that has a message to itself; as JSON it may be six times as long. */
const LONGEST_LINE = 640 * 1024;
/** Bytes of a character, at most. */
const MOST_BYTES_EACH = 3;
const NEWLINE = 0x0a;

/** The list of a run, as it is reached from elsewhere. */
interface DistantList {
  /** Adds lines, as many as a message holds. @throws UserError of what the run refuses. */
  submit(lines: string): Promise<Submission>;
  end(): Promise<void>;
}

/** The list of the run that is called there. @param terms of all that is submitted by it, in the words of task files. */
export function listOver(line: DriverLine, terms?: string): DistantList {
  return {
    submit: async (lines) => {
      const { first, count } = await line.inquire({ type: "submit", lines, terms }, "submitted");
      return { first, count };
    },
    end: async () => void (await line.inquire({ type: "end-list" }, "list-ended")),
  };
}

/** Where lines come from, and how many have come from there, for the places of mistakes. */
interface Origin {
  readonly name: string;
  lines: number;
}

/** Hands lines to a run. Those that are handed over together become tasks all at once, or none of them does. */
export class Submitter {
  readonly #list: DistantList;
  /** Told of each part that has been taken. */
  readonly #taken: (submission: Submission) => void;
  readonly #given: Origin = { name: "submission", lines: 0 };

  constructor(list: DistantList, taken: (submission: Submission) => void) {
    this.#list = list;
    this.#taken = taken;
  }

  /**
   * Hands over lines, cut into as few parts as fit.
   *
   * @param text whole lines, bytes as text; the last one needs no newline.
   * @throws UserError of what the run refuses, of which nothing is taken; what came before has been. Places in it are counted from
   *   the first line that this method has been given.
   */
  submit(text: string): Promise<void> {
    return this.#submit(text, this.#given);
  }

  /**
   * Hands over the lines of standard input, as they come; a last one without its newline, too.
   *
   * @throws UserError as `submit` does, with places in the input.
   */
  async submitAll(input: AsyncIterable<Uint8Array>): Promise<void> {
    const origin: Origin = { name: "stdin", lines: 0 };
    let rest: Buffer[] = [];
    let unended = 0;
    for await (const chunk of input) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        await this.#submit(decodeBytes(Buffer.concat([...rest, chunk.subarray(0, end)])), origin);
        rest = [];
        unended = 0;
      }
      if (end < chunk.length) rest.push(Buffer.from(chunk.subarray(end)));
      unended += chunk.length - end;
      // Whatever comes yet, that is not going to be taken.
      if (unended > MOST_BYTES_EACH * LONGEST_LINE) throw tooLong(origin, `more than ${LONGEST_LINE}`);
    }
    if (rest.length > 0) await this.#submit(decodeBytes(Buffer.concat(rest)), origin);
  }

  async #submit(text: string, origin: Origin): Promise<void> {
    for (const lines of partsOf(text, origin)) {
      try {
        this.#taken(await this.#list.submit(lines));
      } catch (error) {
        throw error instanceof UserError ? placedIn(origin, error) : error;
      }
      origin.lines += linesIn(lines);
    }
  }

  /** Says that no more tasks are to come. */
  end(): Promise<void> {
    return this.#list.end();
  }
}

/** The same error, with the places of mistakes counted from the first line of their origin. */
function placedIn({ name, lines }: Origin, error: UserError): UserError {
  const { code, message, exitCode, diagnostics } = error;
  if (diagnostics.length === 0) return error;
  const placed = diagnostics.map((mistake): Diagnostic => {
    const { line, column } = mistake.place;
    return { ...mistake, place: { file: name, line: lines + line, column } };
  });
  return new UserError(code, message, { exitCode, diagnostics: placed, cause: error });
}

function tooLong({ name, lines }: Origin, characters: string): UserError {
  const message = `${name}:${lines + 1}: a line of ${characters} characters is too long to be submitted: put it in a script`;
  return new UserError("line-too-long", message);
}

/** Lines of a text, also a last one without newline. */
function linesIn(text: string): number {
  let lines = text === "" || text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Whole lines, in parts that fit into a message each. @throws UserError `line-too-long`. */
function* partsOf(text: string, origin: Origin): Generator<string, void, void> {
  for (let from = 0; from < text.length;) {
    let to = from;
    while (to < text.length) {
      const newline = text.indexOf("\n", to);
      const end = newline < 0 ? text.length : newline + 1;
      if (end - to > LONGEST_LINE) {
        const lines = origin.lines + linesIn(text.slice(from, to));
        throw tooLong({ ...origin, lines }, String(end - to));
      }
      if (to > from && end - from > MOST_AT_ONCE) break;
      to = end;
    }
    yield text.slice(from, to);
    from = to;
  }
}

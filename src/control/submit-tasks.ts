import { decodeBytes } from "../domain/bytes.ts";
import { UserError } from "../domain/errors.ts";
import type { Submission } from "../domain/source.ts";
import type { DriverLine } from "./driver-line.ts";

/** Characters of lines that go into one message; a few times as many bytes are less than a driver takes of a controller. */
const MOST_AT_ONCE = 256 * 1024;
/** Characters of a line that has a message to itself; as JSON it may be six times as long. */
const LONGEST_LINE = 640 * 1024;
const NEWLINE = 0x0a;

/** The list of a run, as it is reached from elsewhere. */
interface DistantList {
  /** Adds lines, as many as a message holds. @throws UserError of what the run refuses. */
  submit(lines: string): Promise<Submission>;
  end(): Promise<void>;
}

/** The list of the run that is called there. */
export function listOver(line: DriverLine): DistantList {
  return {
    submit: async (lines) => {
      const { first, count } = await line.inquire({ type: "submit", lines }, "submitted");
      return { first, count };
    },
    end: async () => void (await line.inquire({ type: "end-list" }, "list-ended")),
  };
}

/** Hands lines to a run. Those that are handed over together become tasks all at once, or none of them does. */
export class Submitter {
  readonly #list: DistantList;
  /** Told of each part that has been taken. */
  readonly #taken: (submission: Submission) => void;

  constructor(list: DistantList, taken: (submission: Submission) => void) {
    this.#list = list;
    this.#taken = taken;
  }

  /**
   * Hands over lines, cut into as few parts as fit.
   *
   * @param text whole lines, bytes as text; the last one needs no newline.
   * @throws UserError of what the run refuses, of which nothing is taken; what came before has been.
   */
  async submit(text: string): Promise<void> {
    for (const lines of partsOf(text)) this.#taken(await this.#list.submit(lines));
  }

  /** Hands over the lines of a stream, as they come; a last one without its newline, too. */
  async submitAll(input: AsyncIterable<Uint8Array>): Promise<void> {
    let rest: Buffer[] = [];
    for await (const chunk of input) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        await this.submit(decodeBytes(Buffer.concat([...rest, chunk.subarray(0, end)])));
        rest = [];
      }
      if (end < chunk.length) rest.push(Buffer.from(chunk.subarray(end)));
    }
    if (rest.length > 0) await this.submit(decodeBytes(Buffer.concat(rest)));
  }

  /** Says that no more tasks are to come. */
  end(): Promise<void> {
    return this.#list.end();
  }
}

/** Whole lines, in parts that fit into a message each. @throws UserError `line-too-long`. */
function* partsOf(text: string): Generator<string, void, void> {
  for (let from = 0; from < text.length;) {
    let to = from;
    while (to < text.length) {
      const newline = text.indexOf("\n", to);
      const end = newline < 0 ? text.length : newline + 1;
      if (end - to > LONGEST_LINE) {
        const message = `a line of ${end - to} characters is too long to be submitted: put it in a script`;
        throw new UserError("line-too-long", message);
      }
      if (to > from && end - from > MOST_AT_ONCE) break;
      to = end;
    }
    yield text.slice(from, to);
    from = to;
  }
}

import { deflateSync } from "node:zlib";
import { type KeptOutput, type OutputBlock, type OutputPiece, STREAMS } from "../../domain/output.ts";
import { type EngineMessage, MOST_PIECES } from "../../wire/messages.ts";

type OutputMessage = Extract<EngineMessage, { type: "output" }>;

/** So many bytes travel together; more of one stream travels in several pieces. */
const BLOCK = 128 * 1024;
/** What is gathered waits no longer than this for more to travel with it, in milliseconds. */
const LINGER_MS = 50;
/** Characters that may be on their way: a result never waits behind more than this. */
const WINDOW = 512 * 1024;
/** Bytes that may wait in all. What is kept beyond that is only counted: no task is ever held up by what others printed. */
const MOST_HELD = 64 * 1024 * 1024;
/** The quickest compression: half of what most programs print are spaces and digits, and the network is no faster. */
const QUICK = { level: 1 } as const;

/** Pieces that are to travel together. */
interface Gathered {
  readonly pieces: OutputPiece[];
  readonly data: Buffer[];
  bytes: number;
}

/**
 * Brings what tasks have printed to the driver, a little at a time, so that results overtake it. A block stays here until the driver
 * has taken it.
 */
export class OutputSender {
  readonly #say: (message: OutputMessage) => void;
  readonly #warn: (message: string) => void;
  #kept: Gathered = nothing();
  /** Blocks that the driver has not taken, in the order of their numbers. */
  #blocks: OutputMessage[] = [];
  /** How many of them have been sent, and their characters. */
  #sent = 0;
  #onItsWay = 0;
  #number = 0;
  /** Bytes that wait here. */
  #held = 0;
  #timer: NodeJS.Timeout | undefined;
  #delivered: (() => void)[] = [];

  /**
   * @param say sends a message, or loses it where there is no connection.
   * @param warn told once that more waits than there is room for, in one line.
   */
  constructor(say: (message: OutputMessage) => void, warn: (message: string) => void) {
    this.#say = say;
    this.#warn = warn;
  }

  /** Whether there is room for what is only for those who look on. */
  get hasRoom(): boolean {
    return this.#onItsWay < WINDOW && this.#held < MOST_HELD;
  }

  /** What an attempt of a task has printed is to be kept. */
  keep(taskId: number, attempt: number, failed: boolean, kept: KeptOutput): void {
    for (const stream of STREAMS) {
      const { bytes, tail } = kept[stream] ?? { bytes: 0, tail: EMPTY };
      if (bytes === 0) continue;
      const isTooMuch = this.#held + tail.length > MOST_HELD;
      if (isTooMuch) this.#warn("more output of tasks waits than the driver takes; some is not kept");
      const end = isTooMuch ? EMPTY : tail;
      const first = bytes - end.length;
      for (let at = 0; at === 0 || at < end.length; at += BLOCK) {
        const data = end.subarray(at, at + BLOCK);
        this.#gather(
          { taskId, attempt, stream, from: first + at, length: data.length, start: first, bytes, failed },
          data,
        );
      }
    }
  }

  /** What a task has printed so far is for those who follow it. */
  tell(piece: OutputPiece, data: Buffer): void {
    this.#seal({ pieces: [piece], data: [data], bytes: data.length }, true);
    this.#pump();
  }

  /** The driver has taken the block of this number; perhaps not all before it, since what is not kept is taken at once. */
  taken(number: number): void {
    const at = this.#blocks.findIndex((block) => block.number === number);
    const [block] = at < 0 ? [] : this.#blocks.splice(at, 1);
    const size = block?.data.length ?? 0;
    this.#held -= size;
    if (block !== undefined && at < this.#sent) {
      this.#sent--;
      this.#onItsWay -= size;
    }
    this.#pump();
    if (!this.#isIdle) return;
    for (const told of this.#delivered.splice(0)) told();
  }

  /** The driver has been called again, and may not have had what was on its way. */
  sendAgain(): void {
    this.#sent = 0;
    this.#onItsWay = 0;
    this.#pump();
  }

  /** Resolves when the driver has taken everything, or has taken nothing for so long, in milliseconds. */
  async delivered(patienceMs: number): Promise<void> {
    this.flush();
    for (let before = -1; !this.#isIdle && this.#blocks[0]?.number !== before;) {
      before = this.#blocks[0]?.number ?? -1;
      let late: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#delivered.push(resolve);
        late = setTimeout(resolve, patienceMs);
      });
      clearTimeout(late);
    }
  }

  /** What is to be kept and the driver has not taken: the oldest, as far as it is no more than so many characters. */
  undelivered(most: number): OutputBlock[] {
    this.flush();
    let left = most;
    return this.#blocks
      .filter(({ live, data }) => !live && (left -= data.length) >= 0)
      .map(({ pieces, data }) => ({ pieces, data: Buffer.from(data, "base64") }));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #isIdle(): boolean {
    return this.#blocks.length === 0 && this.#kept.pieces.length === 0;
  }

  #gather(piece: OutputPiece, data: Buffer): void {
    this.#kept.pieces.push(piece);
    this.#kept.data.push(data);
    this.#kept.bytes += data.length;
    this.#held += data.length;
    if (this.#kept.bytes >= BLOCK || this.#kept.pieces.length >= MOST_PIECES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), LINGER_MS);
  }

  /** Sends what has been gathered, as far as it may be on its way now. */
  flush(): void {
    this.close();
    const gathered = this.#kept;
    if (gathered.pieces.length === 0) return;
    this.#kept = nothing();
    this.#held -= gathered.bytes;
    this.#seal(gathered, false);
    this.#pump();
  }

  #seal({ pieces, data }: Gathered, live: boolean): void {
    const text = deflateSync(Buffer.concat(data), QUICK).toString("base64");
    this.#blocks.push({ type: "output", number: ++this.#number, live, pieces, data: text });
    this.#held += text.length;
  }

  #pump(): void {
    for (let next = this.#blocks[this.#sent]; next !== undefined && this.#onItsWay < WINDOW;) {
      this.#sent++;
      this.#onItsWay += next.data.length;
      this.#say(next);
      next = this.#blocks[this.#sent];
    }
  }
}

const EMPTY = Buffer.alloc(0);

function nothing(): Gathered {
  return { pieces: [], data: [], bytes: 0 };
}

import { PassThrough } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Behind the Esc key when another key comes with it: what goes on after it as a sequence is one key of the terminal's. */
// oxlint-disable-next-line no-control-regex
const AFTER_ESCAPE = /(?<=\u001b)(?=[^[O\u001b])/;

/** A terminal that is typed into. */
type TerminalInput = NodeJS.ReadableStream & { setRawMode(isRaw: boolean): unknown };

/** What blessed reads keys from. */
export interface KeyInput extends PassThrough {
  isRaw: boolean;
  setRawMode(isRaw: boolean): this;
  /** Lets go of the terminal. */
  release(): void;
}

/** Hands over what is typed, in pieces: blessed would take Esc and a key right behind it for one key, and forget some of them. */
export function keyInputOf(input: TerminalInput): KeyInput {
  const decoder = new StringDecoder("utf8");
  const feed = (bytes: Buffer): void => {
    for (const piece of decoder.write(bytes).split(AFTER_ESCAPE)) keys.write(piece);
  };
  const keys: KeyInput = Object.assign(new PassThrough(), {
    isRaw: false,
    setRawMode: (isRaw: boolean) => {
      keys.isRaw = isRaw;
      try {
        input.setRawMode(isRaw);
      } catch {
        // The terminal is gone.
      }
      return keys;
    },
    release: () => {
      input.off("data", feed);
      input.pause();
    },
  });
  input.on("data", feed);
  return keys;
}

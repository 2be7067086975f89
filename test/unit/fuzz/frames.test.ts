import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { type Closing, Connection } from "../../../src/wire/connection.ts";
import { encodeFrame, FrameDecoder } from "../../../src/wire/frames.ts";
import { type EngineMessage, parseEngineMessage } from "../../../src/wire/messages.ts";
import { ENGINE_MESSAGES } from "../wire/samples.ts";
import { fuzz } from "./fuzz.ts";

const LIMIT = 8 * 1024;

const frames = ENGINE_MESSAGES.map((message) => encodeFrame(JSON.stringify(message)));
const inputs = [...frames, Buffer.concat(frames), encodeFrame(""), encodeFrame("x".repeat(LIMIT))];
const words = ["\0\0\0\0", "\0\0\0\u0001", "\0\u0080\0\0", "\u007f\u007f\u007f\u007f", "\0\0 \0"];

/** What comes out of a decoder, and how it ends. */
function decoded(pieces: readonly Buffer[]): { readonly texts: string[]; readonly failure: string } {
  const decoder = new FrameDecoder(LIMIT);
  const texts: string[] = [];
  try {
    for (const piece of pieces) {
      decoder.push(piece);
      for (let text = decoder.next(); text !== undefined; text = decoder.next()) texts.push(text);
    }
    return { texts, failure: "" };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { texts, failure: String(error) };
  }
}

test("whatever arrives is cut into the same frames, or refused at the same place, in whatever pieces it comes", async () => {
  await fuzz({ inputs, words, rounds: 3000 }, (input, pieces) => {
    const whole = decoded([input]);
    expect(decoded(pieces)).toEqual(whole);
    const bytes = whole.texts.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0);
    // What is no UTF-8 takes more room as text.
    expect(bytes).toBeLessThanOrEqual(3 * input.length + 4);
  });
});

test("a connection takes whatever arrives for messages, or closes saying why, and throws nothing", async () => {
  const right = new Set(ENGINE_MESSAGES.map(({ type }) => type));
  let closed = 0;
  await fuzz({ inputs, words, rounds: 1000 }, (_input, pieces) => {
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    const closings: Closing[] = [];
    const message = ({ type }: EngineMessage): void => expect(right.has(type)).toBe(true);
    const handlers = { message, closed: (closing: Closing) => void closings.push(closing) };
    const connection = new Connection<EngineMessage, never>(stream, parseEngineMessage, handlers, { maxFrame: LIMIT });
    for (const piece of pieces) stream.emit("data", piece);
    if (stream.destroyed) closed++;
    connection.destroy();
  });
  expect(closed).toBeGreaterThan(100);
});

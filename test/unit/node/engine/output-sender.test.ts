import { inflateSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { KeptOutput } from "../../../../src/domain/output.ts";
import { OutputSender } from "../../../../src/node/engine/output-sender.ts";
import type { EngineMessage } from "../../../../src/wire/messages.ts";

type Sent = Extract<EngineMessage, { type: "output" }>;

const MIB = 1024 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A sender, and what it has sent and warned of. */
function open() {
  const sent: Sent[] = [];
  const warnings: string[] = [];
  const sender = new OutputSender(
    (message) => void sent.push(message),
    (message) => void warnings.push(message),
  );
  return { sender, sent, warnings };
}

function stdout(text: string): KeptOutput {
  return { stdout: { bytes: text.length, tail: Buffer.from(text) } };
}

/** Bytes that no compression makes shorter. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) >>> 8));
}

function textIn({ data }: Sent): string {
  return inflateSync(Buffer.from(data, "base64")).toString();
}

test("what is printed within a moment travels together", () => {
  const { sender, sent } = open();
  sender.keep(1, 1, true, stdout("one"));
  sender.keep(2, 1, true, stdout("two"));
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(50);
  expect(sent.map(({ number, pieces }) => [number, pieces.map(({ taskId }) => taskId)])).toEqual([[1, [1, 2]]]);
  expect(sent.map(textIn)).toEqual(["onetwo"]);
});

test("a long stream travels in pieces, which say where they belong", () => {
  const { sender, sent } = open();
  const tail = Buffer.alloc(300 * 1024, "x");
  sender.keep(1, 1, false, { stderr: { bytes: tail.length + 1000, tail } });
  sender.flush();
  const pieces = sent.flatMap((message) => message.pieces);
  expect(pieces.map(({ from, length }) => [from, length])).toEqual([
    [1000, 131_072],
    [132_072, 131_072],
    [263_144, 45_056],
  ]);
  expect(pieces.every(({ start, bytes, stream }) => start === 1000 && bytes === 308_200 && stream === "stderr")).toBe(
    true,
  );
});

test("no more than a window is on its way; more is sent as the driver takes it", () => {
  const { sender, sent } = open();
  const tail = noise(MIB);
  sender.keep(1, 1, true, { stdout: { bytes: tail.length, tail } });
  const before = sent.length;
  expect(before).toBeLessThan(5);
  for (let number = 1; number <= 8; number++) sender.taken(number);
  expect(sent.length).toBe(8);
  expect(Buffer.concat(sent.map(({ data }) => inflateSync(Buffer.from(data, "base64"))))).toEqual(tail);
});

test("what has not been taken is sent again to a driver that has been called again", () => {
  const { sender, sent } = open();
  for (const text of ["one", "two", "three"]) {
    sender.keep(1, 1, true, stdout(text));
    sender.flush();
  }
  sender.taken(2);
  sent.length = 0;
  sender.sendAgain();
  expect(sent.map(({ number }) => number)).toEqual([1, 3]);
});

test("what is too much is only counted, so that no task waits for it, and that is said", () => {
  const { sender, sent, warnings } = open();
  const tail = noise(8 * MIB);
  for (let id = 0; id < 10; id++) sender.keep(id, 1, true, { stdout: { bytes: tail.length, tail } });
  expect(warnings.length).toBeGreaterThan(0);
  for (let number = 1; number < 2000; number++) sender.taken(number);
  sender.flush();
  sender.taken(2000);
  const last = sent.flatMap(({ pieces }) => pieces).filter(({ taskId }) => taskId === 9);
  expect(last.map(({ from, length, bytes }) => [from, length, bytes])).toEqual([[tail.length, 0, tail.length]]);
});

test("whoever leaves waits until all is taken, and not for a driver that takes nothing", async () => {
  const { sender } = open();
  let isDelivered = false;
  sender.keep(1, 1, true, stdout("one"));
  const delivered = sender.delivered(1000).then(() => (isDelivered = true));
  await vi.advanceTimersByTimeAsync(900);
  expect(isDelivered).toBe(false);
  sender.taken(1);
  await delivered;
  sender.keep(2, 1, true, stdout("two"));
  const inVain = sender.delivered(1000);
  await vi.advanceTimersByTimeAsync(2000);
  await inVain;
  expect(isDelivered).toBe(true);
});

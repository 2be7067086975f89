import { expect, test } from "vitest";
import { EventReaders } from "../../../src/api/event-readers.ts";
import type { RunEvent } from "../../../src/domain/events.ts";

function note(time: number): RunEvent {
  return { type: "note", time, message: "" };
}

async function timesOf(reader: AsyncIterable<{ readonly type: string; readonly time: number }>): Promise<unknown[]> {
  const times: unknown[] = [];
  for await (const event of reader) times.push("count" in event ? event : event.time);
  return times;
}

test("each reader gets all events from its beginning to the end of the run", async () => {
  const readers = new EventReaders();
  const first = readers.open();
  readers.observe(note(1));
  const second = readers.open();
  const waiting = second.next();
  readers.observe(note(2));
  expect((await waiting).value).toMatchObject({ time: 2 });
  readers.observe(note(3));
  await readers.close();
  expect(await timesOf(first)).toEqual([1, 2, 3]);
  expect(await timesOf(second)).toEqual([3]);
  expect(await timesOf(readers.open())).toEqual([]);
});

test("a reader that is slow misses the oldest events, and is told how many", async () => {
  const readers = new EventReaders(2);
  const slow = readers.open();
  for (const time of [1, 2, 3, 4, 5]) readers.observe(note(time));
  await readers.close();
  expect(await timesOf(slow)).toEqual([{ type: "events-missed", time: 3, count: 3 }, 4, 5]);
});

test("a reader that has left is told nothing more, and one that waits is let go", async () => {
  const readers = new EventReaders();
  const reader = readers.open();
  const waiting = reader.next();
  await reader.return?.();
  readers.observe(note(1));
  expect([await waiting, await reader.next()]).toEqual(Array(2).fill({ done: true, value: undefined }));
});

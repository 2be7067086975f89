import { duplexPair } from "node:stream";
import { expect, test } from "vitest";
import { EngineHandle } from "../../../src/driver/engine-handle.ts";
import type { Assignment } from "../../../src/domain/task.ts";
import { Connection } from "../../../src/wire/connection.ts";
import { type DriverMessage, parseDriverMessage } from "../../../src/wire/messages.ts";

const MIB = 1024 * 1024;

const assignment = (id: number, length: number): Assignment => ({
  task: { kind: "task", id, line: id + 1, repeatIndex: -1, command: "x".repeat(length) },
  attempt: 1,
});

/** What an engine hears when it is given these tasks: ids, message by message. */
async function messagesFor(assignments: readonly Assignment[]): Promise<number[][]> {
  const [one, other] = duplexPair();
  const heard: DriverMessage[] = [];
  await new Promise<void>((resolve) => {
    void new Connection(other, parseDriverMessage, {
      message: (message) => heard.push(message),
      closed: () => resolve(),
    });
    const handle = new EngineHandle(one, { message: () => undefined, closed: () => undefined });
    handle.assign(assignments);
    handle.close();
  });
  return heard.map((message) => (message.type === "assign" ? message.assignments.map(({ task }) => task.id) : []));
}

test("tasks with short commands go together", async () => {
  expect(await messagesFor([assignment(0, 10), assignment(1, 10), assignment(2, 10)])).toEqual([[0, 1, 2]]);
});

test("tasks with long commands go in several messages, in their order", async () => {
  const lengths = [MIB, 10, MIB / 2, MIB / 2, MIB / 2];
  expect(await messagesFor(lengths.map((length, id) => assignment(id, length)))).toEqual([[0], [1, 2, 3], [4]]);
});

test("no tasks are no message", async () => {
  expect(await messagesFor([])).toEqual([]);
});

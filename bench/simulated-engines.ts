/**
 * Engines without processes: each joins the driver over a TLS connection of its own, as a real one does, and answers every
 * task at once. What is left to be measured is the driver. Reads one engine specification per
 * line from its standard input.
 */

import { text } from "node:stream/consumers";

import { SUCCESS } from "../src/domain/ending.ts";
import { NO_LEAK, type TaskResult } from "../src/domain/result.ts";
import { Connection } from "../src/wire/connection.ts";
import { parseEngineSpec, type EngineSpec } from "../src/wire/engine-spec.ts";
import { PROTOCOL, parseDriverMessage, type DriverMessage, type EngineMessage } from "../src/wire/messages.ts";
import { dial } from "../src/wire/dial.ts";

type Assignments = Extract<DriverMessage, { type: "assign" }>["assignments"];

/** Joins as one engine; resolves when the driver has let it go. */
async function simulate({ invitation, context, engineId, node, slots }: EngineSpec): Promise<void> {
  const socket = await dial(invitation);
  await new Promise<void>((resolve) => {
    let rank = -1;
    let sequence = 0;
    const connection = new Connection<DriverMessage, EngineMessage>(socket, parseDriverMessage, {
      message: (message) => {
        if (message.type === "welcome") {
          rank = message.engine;
          connection.send({ type: "ready" });
        } else if (message.type === "assign") {
          const results = resultsOf(message.assignments, node, rank, slots);
          connection.send({ type: "results", sequence: ++sequence, results, interrupted: false });
        } else if (message.type === "recall") connection.send({ type: "returned", taskIds: [] });
        else if (message.type === "dismiss") connection.send({ type: "goodbye", fenced: false });
        else if (message.type === "farewell") connection.close();
      },
      closed: () => resolve(),
    });
    connection.send({
      type: "hello",
      protocol: PROTOCOL,
      engineId,
      context,
      node,
      pid: process.pid,
      slots,
      warnings: [],
      again: false,
    });
  });
}

function resultsOf(assignments: Assignments, node: string, engine: number, slots: number): TaskResult[] {
  const now = Date.now() / 1000;
  return assignments.map(({ task, attempt }, i) => ({
    taskId: task.id,
    attempt,
    node,
    engine,
    slot: i % slots,
    pid: process.pid,
    ending: SUCCESS,
    start: now,
    finish: now,
    output: NO_LEAK,
    error: NO_LEAK,
  }));
}

const lines = (await text(process.stdin)).split("\n").filter((line) => line !== "");
await Promise.all(lines.map((line) => simulate(parseEngineSpec(line))));

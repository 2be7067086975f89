import type { EngineMessage } from "../../wire/messages.ts";
import type { EngineHandle } from "./engine-handle.ts";
import type { PoolFact } from "./facts.ts";

/** Messages that are not for the run: the connection, or the pool, has seen to them. */
type Internal = "hello" | "beat" | "goodbye";

/** What an engine says, as a fact for the run. */
export function factOf(engine: EngineHandle, message: Exclude<EngineMessage, { type: Internal }>): PoolFact {
  switch (message.type) {
    case "ended":
      return { type: "repeating", engine, tasks: message.tasks };
    case "report":
      return { type: "reported", engine, report: message };
    case "ready":
      return { type: "ready", engine };
    case "warning":
      return { type: "warned", engine, message: message.message };
    case "started":
      return { type: "started", engine, tasks: message.tasks };
    case "finished":
      return { type: "finished", engine, tasks: message.tasks };
    case "results":
      return { type: message.interrupted ? "interrupted" : "results", engine, results: message.results };
    case "per-engine-result":
      return { type: "per-engine-result", engine, command: message.command, result: message.result };
    case "output":
      return { type: "output", engine, message };
    case "printed":
      return { type: "printed", engine, message };
    case "returned":
      return { type: "returned", engine, taskIds: message.taskIds };
    case "not-started":
      return { type: "not-started", engine, taskId: message.taskId };
    case "held-back":
      return { type: "held-back", engine, reason: message.reason };
    case "draining":
      return { type: "leaving", engine, reason: message.reason };
    default:
      return message satisfies never;
  }
}

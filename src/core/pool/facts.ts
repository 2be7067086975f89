import type { Duplex } from "node:stream";
import type { NodeSlots } from "../../domain/engine.ts";
import type { EngineProcess } from "../../domain/launcher.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { Assignment, PerEngineCommand } from "../../domain/task.ts";
import type { EngineMessage } from "../../wire/messages.ts";
import type { EngineHandle } from "./engine-handle.ts";

type Said<T extends EngineMessage["type"]> = Extract<EngineMessage, { type: T }>;

/** What happens to the engines of a pool and what they say, as far as it matters to the run that they work for. */
export type PoolFact =
  /** The engine was let in. */
  | {
      readonly type: "joined";
      readonly engine: EngineHandle;
      /** Host name and process id in its own words; slots, no more than it was given. */
      readonly hello: Pick<Said<"hello">, "node" | "pid" | "slots" | "capacity" | "warnings">;
      readonly place: NodeSlots;
      /** Its context has been stopped. */
      readonly unwanted: boolean;
    }
  /** The process of an engine has ended before the engine joined. `again`: it was started in place of another. */
  | { readonly type: "missing"; readonly process: EngineProcess; readonly reason: string; readonly again: boolean }
  /** Its connection is gone, or is a new one: what it is given now it may never hear of. */
  | { readonly type: "out-of-touch"; readonly engine: EngineHandle }
  /** Nothing has been heard of it for so long that it is worth a word. */
  | { readonly type: "silent"; readonly engine: EngineHandle; readonly reason: string }
  /** The engine is heard of again over the connection that it had, and nothing was lost meanwhile. */
  | { readonly type: "heard"; readonly engine: EngineHandle }
  /** The engine has called again and says where it stands. The run takes it back (`Pool.takeBack`) or refuses it. */
  | { readonly type: "reported"; readonly engine: EngineHandle; readonly report: Said<"report"> }
  /** The engine is going to repeat what became of these tasks. */
  | {
      readonly type: "repeating";
      readonly engine: EngineHandle;
      readonly tasks: readonly Pick<Assignment, "task" | "attempt">[];
    }
  /** Its start commands are done. */
  | { readonly type: "ready"; readonly engine: EngineHandle }
  /** The engine has something to say to the user. */
  | { readonly type: "warned"; readonly engine: EngineHandle; readonly message: string }
  /** Tasks run there that it has not spoken of, or, after a report, all that run. */
  | { readonly type: "started"; readonly engine: EngineHandle; readonly tasks: Said<"started">["tasks"] }
  /** Tasks have ended there; what became of them is not certain yet. */
  | { readonly type: "finished"; readonly engine: EngineHandle; readonly tasks: Said<"finished">["tasks"] }
  /** Outcomes of tasks. */
  | { readonly type: "results"; readonly engine: EngineHandle; readonly results: readonly TaskResult[] }
  /** Tasks were ended because the run is, or their engine. */
  | { readonly type: "interrupted"; readonly engine: EngineHandle; readonly results: readonly TaskResult[] }
  /** Results of an engine that has been given up. */
  | { readonly type: "too-late"; readonly results: readonly TaskResult[] }
  | {
      readonly type: "per-engine-result";
      readonly engine: EngineHandle;
      readonly command: PerEngineCommand;
      readonly result: TaskResult;
    }
  /** What a heard task has printed. */
  | { readonly type: "printed"; readonly engine: EngineHandle; readonly message: Said<"printed"> }
  /** What its tasks have printed; also of an engine that has been given up, and when the run is over. */
  | { readonly type: "output"; readonly engine: EngineHandle; readonly message: Said<"output"> }
  /** The engine hands back what it has not started. */
  | { readonly type: "returned"; readonly engine: EngineHandle; readonly taskIds: readonly number[] }
  /** A task that the engine was told to stop was never started there. */
  | { readonly type: "not-started"; readonly engine: EngineHandle; readonly taskId: number }
  /** The engine starts no task for now, for this reason; without one it does again. */
  | { readonly type: "held-back"; readonly engine: EngineHandle; readonly reason: string | undefined }
  /** Somebody else has called it away: it is going to leave. */
  | { readonly type: "leaving"; readonly engine: EngineHandle; readonly reason: string }
  /** The engine has gone by itself; without a reason as it was told to. */
  | { readonly type: "left"; readonly engine: EngineHandle; readonly reason: string | undefined }
  /** The engine is gone, and so is whatever ran on it. `crashed`: it may have died of that. */
  | { readonly type: "lost"; readonly engine: EngineHandle; readonly reason: string; readonly crashed: boolean }
  /** The time has come to start an engine in place of another. `start` returns false when it cannot be done. */
  | { readonly type: "restart-due"; readonly start: () => boolean }
  /** Engines have no way to call. */
  | { readonly type: "cannot-be-called"; readonly error: unknown }
  /** Somebody calls to look at the run, or to add engines. */
  | { readonly type: "controller"; readonly socket: Duplex }
  /** The pool has looked who is there, as it does twice a second. */
  | { readonly type: "looked" }
  /** What the user should know, in one line. */
  | { readonly type: "warning"; readonly message: string };

/** The run that a pool serves. */
export interface PoolListener {
  /** Something has happened. */
  hear(fact: PoolFact): void;
  /** The run waits for nothing but the engines to go, and this one has nothing to go with: were it away, nobody would wait. */
  isSpare(engine: EngineHandle): boolean;
}

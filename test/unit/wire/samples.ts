import { exited, signalled } from "../../../src/domain/ending.ts";
import type { DriverMessage, EngineMessage } from "../../../src/wire/messages.ts";

/** A result as it travels. */
export const RESULT = {
  ...{ taskId: 3, attempt: 1, node: "alpha", engine: 0, slot: 1, pid: 4711, ending: signalled(9) },
  ...{ start: 1_700_000_000.25, finish: 1_700_000_001.5 },
  output: { bytes: 5, snippet: "a\n\uFFFD\u0000" },
  error: { bytes: 0, snippet: "" },
};

/** The first words of an engine. */
export const HELLO: EngineMessage = {
  type: "hello",
  ...{ protocol: 2, engineId: "e-1", context: "SSH0", node: "alpha", pid: 99, slots: 4 },
  warnings: ["-E GPU: not set"],
  again: false,
};

const COMMAND = { kind: "per-engine", when: "stop", id: 0, line: 2, command: "" } as const;

const ASSIGNMENT = {
  task: { kind: "task", id: 0, line: 1, repeatIndex: -1, command: "echo \uDCFF 😀" },
  attempt: 2,
} as const;

/** One message of every type that engines send. */
export const ENGINE_MESSAGES: readonly EngineMessage[] = [
  HELLO,
  { ...HELLO, again: true },
  { type: "report", held: [ASSIGNMENT], welcomed: true, ready: true, leaving: false },
  { type: "beat", number: 0 },
  { type: "ready" },
  { type: "started", tasks: [{ taskId: 3, attempt: 1, slot: 0, start: 1_700_000_000.25 }] },
  { type: "results", sequence: 1, results: [RESULT, { ...RESULT, taskId: 4, ending: exited(0) }], interrupted: false },
  { type: "results", sequence: 2, results: [], interrupted: true },
  {
    type: "per-engine-result",
    sequence: 3,
    command: COMMAND,
    result: { ...RESULT, slot: -1, pid: -1, ending: { type: "not-started", errno: 200 } },
  },
  { type: "returned", taskIds: [1, 2, 3] },
  { type: "not-started", taskId: 3 },
  { type: "draining", reason: "SIGTERM" },
  { type: "goodbye", fenced: false },
  { type: "goodbye", reason: "no more", fenced: false },
];

/** One message of every type that the driver sends. */
export const DRIVER_MESSAGES: readonly DriverMessage[] = [
  {
    type: "welcome",
    engine: 2,
    env: { DISBATCH_JOBID: "run", EMPTY: "" },
    start: [{ kind: "per-engine", when: "start", id: 0, line: 1, command: "mkdir x" }],
    stop: [COMMAND],
  },
  { type: "assign", assignments: [ASSIGNMENT] },
  { type: "recall" },
  { type: "stop-task", taskId: 3, attempt: 2, grace: 10 },
  { type: "dismiss" },
  { type: "dismiss", within: 1.5 },
  { type: "terminate", grace: 0.5 },
  { type: "beat", number: 7 },
  { type: "ack", sequence: 1 },
  { type: "farewell" },
];

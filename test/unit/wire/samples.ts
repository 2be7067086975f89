import type { DriverMessage, EngineMessage } from "../../../src/wire/messages.ts";

/** A result as it travels. */
export const RESULT = {
  ...{ taskId: 3, attempt: 1, node: "alpha", engine: 0, slot: 1, pid: 4711, returnCode: -9 },
  ...{ start: 1_700_000_000.25, finish: 1_700_000_001.5 },
  output: { bytes: 5, snippet: "a\n\uFFFD\u0000" },
  error: { bytes: 0, snippet: "" },
};

/** The first words of an engine. */
export const HELLO: EngineMessage = {
  type: "hello",
  ...{ protocol: 1, engineId: "e-1", context: "SSH0", node: "alpha", pid: 99, slots: 4 },
  warnings: ["-E GPU: not set"],
};

/** One message of every type that engines send. */
export const ENGINE_MESSAGES: readonly EngineMessage[] = [
  HELLO,
  { type: "ready" },
  { type: "results", results: [RESULT, { ...RESULT, taskId: 4, returnCode: 0 }], interrupted: false },
  { type: "results", results: [], interrupted: true },
  { type: "per-engine-result", when: "stop", result: { ...RESULT, slot: -1, pid: -1, returnCode: 200 } },
  { type: "returned", taskIds: [1, 2, 3] },
  { type: "goodbye" },
];

/** One message of every type that the driver sends. */
export const DRIVER_MESSAGES: readonly DriverMessage[] = [
  {
    type: "welcome",
    engine: 2,
    env: { DISBATCH_JOBID: "run", EMPTY: "" },
    start: [{ kind: "per-engine", when: "start", id: 0, line: 1, command: "mkdir x" }],
    stop: [{ kind: "per-engine", when: "stop", id: 0, line: 2, command: "" }],
  },
  {
    type: "assign",
    assignments: [{ task: { kind: "task", id: 0, line: 1, repeatIndex: -1, command: "echo \uDCFF 😀" }, attempt: 2 }],
  },
  { type: "recall" },
  { type: "dismiss" },
  { type: "terminate", grace: 0.5 },
];

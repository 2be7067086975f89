import type { ControllerMessage, DriverAnswer } from "../../../src/wire/control-messages.ts";
import { EMPTY_VIEW } from "./view-samples.ts";
import { engineTerms } from "../../support/engine-terms.ts";

/** How somebody may be told to call. */
export const INVITATION = {
  addresses: [{ host: "127.0.0.1", port: 4000 }],
  credentials: { authority: "a", certificate: "c", key: "k" },
};

/** One message of every type that controllers send, and some with more in them. */
export const CONTROLLER_MESSAGES: readonly ControllerMessage[] = [
  { type: "hello", protocol: 1 },
  { type: "status" },
  { type: "stop-engine", rank: 0 },
  { type: "stop-engine", rank: 0, within: 0.5 },
  { type: "stop-context", label: "SSH1" },
  { type: "stop-context", label: "SSH1", within: 60 },
  { type: "stop-run" },
  { type: "stop-run", kill: false },
  { type: "stop-task", id: 17 },
  { type: "watch" },
  { type: "tasks", number: 1, query: { limit: 100 } },
  {
    type: "tasks",
    number: 2,
    query: {
      states: ["failed", "running"],
      kind: 0,
      node: "n",
      engine: 3,
      code: -15,
      from: 1,
      to: 9,
      text: "a",
      sort: "age",
      cursor: "c",
      limit: 500,
    },
  },
  { type: "task", number: 3, id: 17 },
  { type: "slots", number: 4 },
  { type: "submit", number: 5, lines: "true\nfalse\udcff\n" },
  { type: "end-list", number: 6 },
  { type: "wait", number: 7 },
  { type: "wait", number: 8, ids: [{ from: 0, to: 3 }] },
  { type: "add-context", nodes: [{ node: "n", slots: 2, coresPerSlot: 1 }], taskLimit: 0, elsewhere: false },
  { type: "add-context", label: "L", nodes: [{ node: "n", slots: 2, coresPerSlot: 1 }], taskLimit: 7, elsewhere: true },
  { type: "keep-context", label: "L", engines: ["i", "j"], elsewhere: true },
  { type: "engine-ended", id: "i", certain: false },
  { type: "engine-ended", id: "i", reason: "no bash", certain: true },
  { type: "engine-killed", id: "i", certain: true },
];

/** The same of what the driver sends to them. */
export const ANSWERS: readonly DriverAnswer[] = [
  {
    type: "welcome",
    terms: engineTerms({ resources: ["GPU"], drainTimeout: 5 }),
    cpusPerTask: 0.5,
  },
  {
    type: "status",
    snapshot: {
      ...{ jobId: "run", taskFile: "Tasks", host: "h", pid: 1, started: 1.5, now: 2.5, phase: "running" },
      tasks: { total: 3, succeeded: 1, failed: 0, skipped: 0, running: 2 },
      contexts: [{ label: "SSH0", nodes: ["n"], tasksLeft: 5, stopped: false }],
      engines: [
        {
          ...{ rank: 0, node: "n", pid: 9, context: "SSH0", slots: 2, state: "ready", stopping: true },
          ...{ running: 2, tasks: [{ taskId: 3, attempt: 1, slot: 1, start: 2.25 }], finished: 1, failed: 0 },
        },
      ],
    },
  },
  { type: "done", what: "engine-stops", rank: 3 },
  { type: "done", what: "context-stops", label: "SSH1", within: 2.5 },
  { type: "done", what: "run-drains" },
  { type: "done", what: "run-terminates" },
  { type: "done", what: "task-stops", id: 17 },
  { type: "view", view: EMPTY_VIEW },
  { type: "changed", change: { now: 1001, sections: { phase: { phase: "draining", reason: "stopped" } } } },
  { type: "task-page", number: 1, page: { rows: [{ id: 17, state: "waiting", attempt: 0 }], total: 1, cursor: "c" } },
  { type: "task-detail", number: 2 },
  {
    type: "task-detail",
    number: 3,
    detail: {
      row: { id: 17, state: "failed", attempt: 2, ending: { type: "stopped" }, slot: -1 },
      attempts: [{ attempt: 1, engine: 0, node: "n", slot: 1, start: 1000, finish: 1001, end: "lost" }],
    },
  },
  {
    type: "engine-slots",
    number: 4,
    engines: [{ rank: 0, tasks: [{ taskId: 17, attempt: 1, slot: 0, start: 1000 }] }],
  },
  { type: "submitted", number: 5, first: 3, count: 2 },
  { type: "list-ended", number: 6 },
  {
    type: "finished",
    number: 7,
    tasks: [
      {
        ...{ kind: "task", id: 3, line: 4, repeatIndex: -1, command: "false", succeeded: false, returnCode: 1 },
        ...{ ending: { type: "exited", code: 1 }, node: "n", pid: 17, attempts: 1, start: 1, finish: 2, elapsed: 1 },
        ...{ output: { bytes: 0, snippet: "" }, error: { bytes: 2, snippet: "a\n" }, flags: "R E " },
      },
    ],
  },
  { type: "all-finished", number: 7 },
  {
    ...{ type: "no-answer", number: 5, code: "task-file-refused", message: "no" },
    diagnostics: [
      { code: "late", severity: "error", place: { file: "f", line: 1, column: 2 }, message: "late", hint: "earlier" },
    ],
  },
  { type: "no-answer", number: 5, code: "bad-cursor", message: "the cursor is none" },
  { type: "refused", code: "no-such-engine", rank: 3 },
  { type: "refused", code: "no-such-context", label: "SSH1" },
  { type: "refused", code: "label-in-use", label: "SSH1" },
  { type: "refused", code: "no-such-task", id: 17 },
  { type: "refused", code: "task-settled", id: 17 },
  { type: "refused", code: "task-not-held", id: 17 },
  { type: "refused", code: "run-ending" },
  { type: "refused", code: "second-context" },
  { type: "refused", code: "cannot-listen", cause: "no address" },
  { type: "refused", code: "too-many-controllers", most: 512 },
  { type: "refused", code: "wrong-protocol", message: "this run speaks another" },
  { type: "context-added", label: "SSH1", here: INVITATION },
  { type: "context-added", label: "SSH1", here: INVITATION, elsewhere: { ...INVITATION, noForwarding: true } },
  { type: "start-engine", id: "i", node: 0 },
  { type: "engine-joined", id: "i", rank: 3, slots: 2 },
  { type: "end-engine", id: "i" },
  { type: "engine-over", id: "i" },
  { type: "run-ended" },
];

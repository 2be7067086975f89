import * as fc from "fast-check";
import { endingOf, returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { MOST_RECORDED, type TaskResult } from "../../../../src/domain/result.ts";
import type { JournalEntry } from "../../../../src/records/journal/entry.ts";

const whole = fc.integer({ min: -100, max: MOST_RECORDED });
const time = fc.double({ min: 0, max: 4e9, noNaN: true }).map((seconds) => seconds + 0);
/** Any text, with lone surrogates (bytes that are not UTF-8) too. */
const text = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
/** A node's name has neither tabs nor line breaks. */
const name = text.map((any) => any.replaceAll(/[\t\n]/g, "-"));
const leak = fc.record({ bytes: fc.nat(), snippet: text });
const result: fc.Arbitrary<TaskResult> = fc
  .record({
    taskId: whole,
    attempt: whole,
    node: name,
    engine: whole,
    slot: whole,
    pid: whole,
    returnCode: whole,
    start: time,
    finish: time,
    output: leak,
    error: leak,
    usage: fc.option(fc.record({ cpu: time, peak: fc.option(fc.nat(), { nil: undefined }) }), { nil: undefined }),
  })
  .map(({ returnCode, ...rest }) => ({ ...rest, ending: endingOf(returnCode, rest.pid) }));
const task = fc.record({
  kind: fc.constant("task" as const),
  id: whole,
  line: whole,
  repeatIndex: whole,
  command: text,
});
const engine = fc.record({ id: text, rank: whole, node: text, pid: whole, slots: whole, context: text });
const nodeSlots = fc.record(
  { node: text, destination: text, slots: whole, coresPerSlot: whole },
  { requiredKeys: ["node", "slots", "coresPerSlot"] },
);
const context = fc.record({ label: text, nodes: fc.array(nodeSlots), taskLimit: whole });
const previous = result.chain(({ taskId: _id, attempt: _attempt, engine: _engine, slot: _slot, ...outcome }) =>
  fc.record({ alreadyRecorded: fc.boolean() }).map((more) => ({ ...outcome, ...more })),
);
const barrier = fc.record(
  { kind: fc.constant("barrier" as const), id: whole, line: whole, check: fc.boolean(), text, key: text },
  { requiredKeys: ["kind", "id", "line", "check", "text"] },
);
const perEngine = fc.record({
  kind: fc.constant("per-engine" as const),
  when: fc.constantFrom("start" as const, "stop" as const),
  id: whole,
  line: whole,
  command: text,
});
const reason = fc.constantFrom(
  ...(["done", "check-failed", "failed-fast", "interrupted", "terminated"] as const),
  ...(["enough-failed", "enough-succeeded", "enough-done"] as const),
  ...(["stopped", "no-engines", "record-failed", "source-failed"] as const),
);

/** Events of each type; the compiler sees to it that none is missing. */
export const anyEventOf: { readonly [T in RunEvent["type"]]: fc.Arbitrary<Extract<RunEvent, { readonly type: T }>> } = {
  "run-started": fc.record(
    { type: fc.constant("run-started"), time, jobId: text, taskFile: text, total: whole },
    { requiredKeys: ["type", "time", "jobId", "taskFile"] },
  ),
  "context-added": fc.record({ type: fc.constant("context-added"), time, context, later: fc.boolean() }),
  "context-stopped": fc.record({ type: fc.constant("context-stopped"), time, label: text }),
  "engines-awaited": fc.record({ type: fc.constant("engines-awaited"), time }),
  "engine-joined": fc.record({ type: fc.constant("engine-joined"), time, engine }),
  "run-recovered": fc.record({ type: fc.constant("run-recovered"), time, host: text, pid: whole }),
  "engine-ready": fc.record({ type: fc.constant("engine-ready"), time, engine: whole }),
  "engine-silent": fc.record({ type: fc.constant("engine-silent"), time, engine: whole, reason: text }),
  "engine-back": fc.record({ type: fc.constant("engine-back"), time, engine: whole }),
  "engine-held-back": fc.record(
    { type: fc.constant("engine-held-back"), time, engine: whole, reason: text },
    { requiredKeys: ["type", "time", "engine"] },
  ),
  "engine-stopping": fc.record(
    { type: fc.constant("engine-stopping"), time, engine: whole, reason: text },
    { requiredKeys: ["type", "time", "engine"] },
  ),
  "engine-left": fc.record({ type: fc.constant("engine-left"), time, engine: whole }),
  "engine-lost": fc.record({
    type: fc.constant("engine-lost"),
    time,
    engine: whole,
    reason: text,
    crashed: fc.boolean(),
  }),
  "engine-failed": fc.record({ type: fc.constant("engine-failed"), time, node: text, reason: text }),
  "engine-restarting": fc.record({
    type: fc.constant("engine-restarting"),
    time,
    node: text,
    label: text,
    restart: whole,
    delay: time,
  }),
  "task-assigned": fc.record(
    {
      type: fc.constant("task-assigned"),
      time,
      task,
      attempt: whole,
      crashes: whole,
      failures: whole,
      engine: whole,
    },
    { requiredKeys: ["type", "time", "task", "attempt", "crashes", "engine"] },
  ),
  "task-started": fc.record({
    type: fc.constant("task-started"),
    time,
    task,
    attempt: whole,
    engine: whole,
    slot: whole,
    start: time,
  }),
  "task-retrying": fc.record({
    type: fc.constant("task-retrying"),
    time,
    task,
    result,
    failures: whole,
    delay: time,
  }),
  "task-finished": fc.record({ type: fc.constant("task-finished"), time, task, result }),
  "task-superseded": fc.record({ type: fc.constant("task-superseded"), time, result }),
  "task-stopping": fc.record({ type: fc.constant("task-stopping"), time, taskId: whole, engine: whole }),
  "task-returned": fc.record({ type: fc.constant("task-returned"), time, taskId: whole, engine: whole }),
  "task-interrupted": fc.record({ type: fc.constant("task-interrupted"), time, task, result }),
  "task-skipped": fc.record({
    type: fc.constant("task-skipped"),
    time,
    skipped: fc.record({ kind: fc.constant("skipped"), task, previous }),
  }),
  "per-engine-finished": fc.record({ type: fc.constant("per-engine-finished"), time, command: perEngine, result }),
  "source-ended": fc.record({ type: fc.constant("source-ended"), time, total: whole }),
  "barrier-met": fc.record({ type: fc.constant("barrier-met"), time, barrier }),
  "barrier-passed": fc.record({
    type: fc.constant("barrier-passed"),
    time,
    barrier,
    since: time,
    failed: fc.boolean(),
  }),
  "run-draining": fc.record(
    { type: fc.constant("run-draining"), time, reason, cause: text },
    { requiredKeys: ["type", "time", "reason"] },
  ),
  "run-terminating": fc.record({ type: fc.constant("run-terminating"), time, reason }),
  note: fc.record({ type: fc.constant("note"), time, message: text }),
  warning: fc.record({ type: fc.constant("warning"), time, message: text }),
  "run-ended": fc.record({ type: fc.constant("run-ended"), time, reason }),
};

/** What the journal keeps of an event. */
export function keptOf(event: RunEvent): JournalEntry {
  switch (event.type) {
    case "task-started": {
      const { task: started, ...kept } = event;
      return { ...kept, taskId: started.id };
    }
    case "task-retrying": {
      const { task: _task, ...kept } = event;
      return kept;
    }
    case "task-finished":
    case "task-interrupted":
      return { type: event.type, time: event.time, result: event.result };
    case "task-skipped": {
      const { task: skipped, previous: outcome } = event.skipped;
      return {
        type: event.type,
        time: event.time,
        taskId: skipped.id,
        ending: endingOf(returnCodeOf(outcome.ending), 0),
      };
    }
    default:
      return event;
  }
}

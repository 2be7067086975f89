import * as v from "valibot";
import { type Ending, outOfMemory, TIMED_OUT } from "../../domain/ending.ts";
import { RUN_ENDS } from "../../domain/events.ts";
import { type Leak, MOST_RECORDED, NO_LEAK, type TaskResult } from "../../domain/result.ts";
import type { Barrier, Task } from "../../domain/task.ts";
import { TaskTerms, termsOfText } from "../../domain/terms/task-terms.ts";
import { endingOf } from "../statusfile/return-code.ts";
import type { JournalEntry } from "./entry.ts";

/** Stands for the process of a skipped task, of which the journal does not tell. */
const UNKNOWN_PID = 0;

/** A damaged line may hold what no run has written; it is not to go on into the status file, and spoil a line there. */
const Whole = v.pipe(v.number(), v.integer(), v.minValue(-MOST_RECORDED), v.maxValue(MOST_RECORDED));
const Seconds = v.pipe(v.number(), v.minValue(-MOST_RECORDED), v.maxValue(MOST_RECORDED));
const Leaked = v.optional(v.tuple([Whole, v.string()]));
const Reason = v.picklist(RUN_ENDS);

const result = {
  id: Whole,
  try: Whole,
  node: v.pipe(v.string(), v.regex(/^[^\t\n]*$/)),
  eng: Whole,
  slot: Whole,
  pid: Whole,
  code: Whole,
  start: Seconds,
  end: Seconds,
  cpu: v.optional(v.pipe(Seconds, v.minValue(0))),
  mem: v.optional(v.pipe(Whole, v.minValue(0))),
  out: Leaked,
  err: Leaked,
  how: v.optional(v.union([v.tuple([v.literal("time")]), v.tuple([v.literal("memory"), Whole, Whole])])),
  made: v.optional(v.array(v.pipe(v.array(v.string()), v.minLength(2), v.maxLength(3)))),
};

/** Terms were written as they were read; a line in which they are damaged tells nothing. */
const Terms = v.optional(v.pipe(v.string(), v.transform(termsOfText), v.instance(TaskTerms)));

/** What a task is that was never assigned. */
const taskFields = { line: v.optional(Whole), rep: v.optional(Whole), cmd: v.optional(v.string()), terms: Terms };

const Amount = v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_RECORDED));
const Capacity = v.object({
  cores: Amount,
  coresPerSlot: Amount,
  memory: v.optional(Amount),
  gpus: Whole,
  named: v.record(v.string(), Amount),
  mostTasks: Whole,
});

const barrier = { id: Whole, line: Whole, check: v.boolean(), key: v.optional(v.string()), text: v.string() };

const EventName = v.object({ e: v.string() });

/** What each kind of line stands for; the other half of `format.ts`. */
const LINES: Readonly<Record<JournalEntry["type"], v.GenericSchema<unknown, JournalEntry>>> = {
  "run-started": line({ job: v.string(), file: v.string(), total: v.optional(Whole) }, (l) => ({
    type: "run-started",
    time: l.t,
    jobId: l.job,
    taskFile: l.file,
    total: l.total,
  })),
  "source-ended": line({ total: Whole }, (l) => ({ type: "source-ended", time: l.t, total: l.total })),
  "context-added": line(
    {
      ctx: v.string(),
      nodes: v.array(
        v.object({
          node: v.string(),
          dest: v.optional(v.string()),
          slots: Whole,
          cores: Whole,
          back: v.optional(v.boolean()),
        }),
      ),
      limit: Whole,
      job: v.optional(v.string()),
      own: v.optional(v.boolean()),
      later: v.boolean(),
    },
    (l) => ({
      type: "context-added",
      time: l.t,
      context: {
        label: l.ctx,
        nodes: l.nodes.map(({ node, dest, slots, cores, back }) => ({
          node,
          destination: dest,
          slots,
          coresPerSlot: cores,
          releasable: back,
        })),
        taskLimit: l.limit,
        slurmJob: l.job,
        isReserved: l.own,
      },
      later: l.later,
    }),
  ),
  "context-stopped": line({ ctx: v.string() }, (l) => ({ type: "context-stopped", time: l.t, label: l.ctx })),
  "engines-awaited": line({}, (l) => ({ type: "engines-awaited", time: l.t })),
  "run-recovered": line({ host: v.string(), pid: Whole }, (l) => ({
    type: "run-recovered",
    time: l.t,
    host: l.host,
    pid: l.pid,
  })),
  "engine-joined": line(
    {
      eng: Whole,
      uid: v.string(),
      node: v.string(),
      pid: Whole,
      slots: Whole,
      ctx: v.string(),
      has: v.optional(Capacity),
    },
    (l) => ({
      type: "engine-joined",
      time: l.t,
      engine: {
        id: l.uid,
        rank: l.eng,
        node: l.node,
        pid: l.pid,
        slots: l.slots,
        context: l.ctx,
        capacity: l.has === undefined ? undefined : { ...l.has, memory: l.has.memory },
      },
    }),
  ),
  "engine-ready": line({ eng: Whole }, (l) => ({ type: "engine-ready", time: l.t, engine: l.eng })),
  "engine-held-back": line({ eng: Whole, why: v.optional(v.string()) }, (l) => ({
    type: "engine-held-back",
    time: l.t,
    engine: l.eng,
    reason: l.why,
  })),
  "engine-stopping": line({ eng: Whole, why: v.optional(v.string()) }, (l) => ({
    type: "engine-stopping",
    time: l.t,
    engine: l.eng,
    reason: l.why,
  })),
  "engine-left": line({ eng: Whole, why: v.optional(v.string()) }, (l) => ({
    type: "engine-left",
    time: l.t,
    engine: l.eng,
    reason: l.why,
  })),
  "engine-back": line({ eng: Whole }, (l) => ({ type: "engine-back", time: l.t, engine: l.eng })),
  "engine-silent": line({ eng: Whole, why: v.string() }, (l) => ({
    type: "engine-silent",
    time: l.t,
    engine: l.eng,
    reason: l.why,
  })),
  "engine-lost": line({ eng: Whole, why: v.string(), crash: v.optional(v.boolean()) }, (l) => ({
    type: "engine-lost",
    time: l.t,
    engine: l.eng,
    reason: l.why,
    crashed: l.crash ?? true,
  })),
  "engine-failed": line({ node: v.string(), why: v.string() }, (l) => ({
    type: "engine-failed",
    time: l.t,
    node: l.node,
    reason: l.why,
  })),
  "engine-restarting": line({ node: v.string(), ctx: v.string(), nth: Whole, delay: Seconds }, (l) => ({
    type: "engine-restarting",
    time: l.t,
    node: l.node,
    label: l.ctx,
    restart: l.nth,
    delay: l.delay,
  })),
  "task-assigned": line(
    {
      id: Whole,
      line: Whole,
      rep: Whole,
      try: Whole,
      died: v.optional(Whole),
      fails: v.optional(Whole),
      eng: Whole,
      cmd: v.string(),
      terms: Terms,
    },
    (l) => ({
      type: "task-assigned",
      time: l.t,
      task: { kind: "task", id: l.id, line: l.line, repeatIndex: l.rep, command: l.cmd, terms: l.terms },
      attempt: l.try,
      crashes: l.died ?? 0,
      failures: l.fails,
      engine: l.eng,
    }),
  ),
  "task-started": line({ id: Whole, try: Whole, eng: Whole, slot: Whole, start: Seconds }, (l) => ({
    type: "task-started",
    time: l.t,
    taskId: l.id,
    attempt: l.try,
    engine: l.eng,
    slot: l.slot,
    start: l.start,
  })),
  "task-superseded": line(result, (l) => ({ type: "task-superseded", time: l.t, result: resultOf(l) })),
  "task-retrying": line({ ...result, fails: Whole, wait: Seconds }, (l) => ({
    type: "task-retrying",
    time: l.t,
    result: resultOf(l),
    failures: l.fails,
    delay: l.wait,
  })),
  "task-finished": line({ ...result, ...taskFields }, (l) => ({
    type: "task-finished",
    time: l.t,
    result: resultOf(l),
    task: taskOf(l),
  })),
  "task-interrupted": line(result, (l) => ({ type: "task-interrupted", time: l.t, result: resultOf(l) })),
  "task-returned": line({ id: Whole, eng: Whole }, (l) => ({
    type: "task-returned",
    time: l.t,
    taskId: l.id,
    engine: l.eng,
  })),
  "task-stopping": line({ id: Whole, eng: Whole }, (l) => ({
    type: "task-stopping",
    time: l.t,
    taskId: l.id,
    engine: l.eng,
  })),
  "task-skipped": line({ id: Whole, code: Whole }, (l) => ({
    type: "task-skipped",
    time: l.t,
    taskId: l.id,
    ending: endingOf(l.code, UNKNOWN_PID),
  })),
  "per-engine-finished": line(
    { ...result, when: v.picklist(["start", "stop"]), pos: Whole, line: Whole, cmd: v.string() },
    (l) => ({
      type: "per-engine-finished",
      time: l.t,
      command: { kind: "per-engine", when: l.when, id: l.pos, line: l.line, command: l.cmd },
      result: resultOf(l),
    }),
  ),
  "barrier-met": line(barrier, (l) => ({ type: "barrier-met", time: l.t, barrier: barrierOf(l) })),
  "barrier-passed": line({ ...barrier, since: Seconds, failed: v.boolean() }, (l) => ({
    type: "barrier-passed",
    time: l.t,
    barrier: barrierOf(l),
    since: l.since,
    failed: l.failed,
  })),
  "run-draining": line({ why: Reason, text: v.optional(v.string()) }, (l) => ({
    type: "run-draining",
    time: l.t,
    reason: l.why,
    cause: l.text,
  })),
  "run-terminating": line({ why: Reason }, (l) => ({ type: "run-terminating", time: l.t, reason: l.why })),
  "run-ended": line({ why: Reason }, (l) => ({ type: "run-ended", time: l.t, reason: l.why })),
  note: line({ text: v.string() }, (l) => ({ type: "note", time: l.t, message: l.text })),
  warning: line({ text: v.string() }, (l) => ({ type: "warning", time: l.t, message: l.text })),
};

/** The entry that a line's JSON value stands for; undefined when it is none. Unknown fields are let pass. */
export function entryOf(value: unknown): JournalEntry | undefined {
  if (!v.is(EventName, value) || !isEventName(value.e)) return undefined;
  const parsed = v.safeParse(LINES[value.e], value);
  return parsed.success ? parsed.output : undefined;
}

function isEventName(name: string): name is JournalEntry["type"] {
  return Object.hasOwn(LINES, name);
}

/** A kind of line, by its fields besides the event's name and time. */
function line<Fields extends v.ObjectEntries>(
  fields: Fields,
  entry: (line: v.InferOutput<v.ObjectSchema<Fields & { t: typeof Seconds }, undefined>>) => JournalEntry,
): v.GenericSchema<unknown, JournalEntry> {
  return v.pipe(v.object({ ...fields, t: Seconds }), v.transform(entry));
}

function taskOf(l: {
  readonly id: number;
  readonly line?: number | undefined;
  readonly rep?: number | undefined;
  readonly cmd?: string | undefined;
  readonly terms?: TaskTerms | undefined;
}): Task | undefined {
  if (l.line === undefined || l.cmd === undefined) return undefined;
  return { kind: "task", id: l.id, line: l.line, repeatIndex: l.rep ?? -1, command: l.cmd, terms: l.terms };
}

function resultOf(l: v.InferOutput<v.ObjectSchema<typeof result, undefined>>): TaskResult {
  return {
    taskId: l.id,
    attempt: l.try,
    node: l.node,
    engine: l.eng,
    slot: l.slot,
    pid: l.pid,
    ending: l.how === undefined ? endingOf(l.code, l.pid) : endingAt(l.how),
    start: l.start,
    finish: l.end,
    output: leakOf(l.out),
    error: leakOf(l.err),
    usage: l.cpu === undefined ? undefined : { cpu: l.cpu, peak: l.mem },
    made: l.made?.map(([path = "", stamp = "", digest]) => ({ path, stamp, digest })),
  };
}

function endingAt(how: readonly ["time"] | readonly ["memory", number, number]): Ending {
  return how[0] === "time" ? TIMED_OUT : outOfMemory(how[1], how[2]);
}

function barrierOf({
  id,
  line: lineNumber,
  check,
  key,
  text,
}: v.InferOutput<v.ObjectSchema<typeof barrier, undefined>>): Barrier {
  return { kind: "barrier", id, line: lineNumber, check, text, key };
}

function leakOf(field: readonly [number, string] | undefined): Leak {
  return field === undefined ? NO_LEAK : { bytes: field[0], snippet: field[1] };
}

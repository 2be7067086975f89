import type { Ending } from "../../domain/ending.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { Leak, TaskResult } from "../../domain/result.ts";
import type { MadeFile } from "../../domain/task-files.ts";
import { titleOf } from "../../domain/task.ts";
import { returnCodeOf } from "../statusfile/return-code.ts";

/**
 * One line of the journal, without its newline: a flat JSON object. `e` is the event's type and `t` its time; the other
 * fields are the short names below, and `schema.ts` reads them. They stay as they are for as long as the version does.
 */
export function formatEvent(event: RunEvent): string {
  const fields = JSON.stringify(fieldsOf(event));
  // Two ends that are put together cost less than one more copy of all fields.
  const head = `{"e":"${event.type}","t":${JSON.stringify(event.time)}`;
  return fields === "{}" ? `${head}}` : `${head},${fields.slice(1)}`;
}

function fieldsOf(event: RunEvent): object {
  switch (event.type) {
    case "run-started":
      return { job: event.jobId, file: event.taskFile, total: event.total };
    case "source-ended":
      return { total: event.total };
    case "context-added": {
      const { label, nodes, taskLimit, slurmJob, isReserved } = event.context;
      const short = nodes.map(({ node, destination, slots, coresPerSlot, releasable }) => {
        return { node, dest: destination, slots, cores: coresPerSlot, back: releasable };
      });
      return { ctx: label, nodes: short, limit: taskLimit, job: slurmJob, own: isReserved, later: event.later };
    }
    case "context-stopped":
      return { ctx: event.label };
    case "engines-awaited":
      return {};
    case "engine-joined": {
      const { id, rank, node, pid, slots, context, capacity } = event.engine;
      return { eng: rank, uid: id, node, pid, slots, ctx: context, has: capacity };
    }
    case "run-recovered":
      return { host: event.host, pid: event.pid };
    case "engine-ready":
    case "engine-back":
      return { eng: event.engine };
    case "engine-lost":
      return { eng: event.engine, why: event.reason, crash: event.crashed ? undefined : false };
    case "engine-left":
    case "engine-held-back":
    case "engine-stopping":
    case "engine-silent":
      return { eng: event.engine, why: event.reason };
    case "engine-failed":
      return { node: event.node, why: event.reason };
    case "engine-restarting":
      return { node: event.node, ctx: event.label, nth: event.restart, delay: event.delay };
    case "task-assigned": {
      const { id, line, repeatIndex, terms } = event.task;
      const cmd = titleOf(event.task);
      const died = event.crashes === 0 ? undefined : event.crashes;
      const fails = event.failures;
      return { id, line, rep: repeatIndex, try: event.attempt, died, fails, eng: event.engine, cmd, terms };
    }
    case "task-started":
      return { id: event.task.id, try: event.attempt, eng: event.engine, slot: event.slot, start: event.start };
    case "task-finished": {
      if (event.result.ending.type !== "unmet") return resultFields(event.result);
      // It may never have been assigned: nothing else tells which task this is.
      const { line, repeatIndex, terms } = event.task;
      return { ...resultFields(event.result), line, rep: repeatIndex, cmd: titleOf(event.task), terms };
    }
    case "task-superseded":
    case "task-interrupted":
      return resultFields(event.result);
    case "task-retrying":
      return { ...resultFields(event.result), fails: event.failures, wait: event.delay };
    case "task-stopping":
    case "task-returned":
      return { id: event.taskId, eng: event.engine };
    case "task-skipped":
      return { id: event.skipped.task.id, code: returnCodeOf(event.skipped.previous.ending) };
    case "per-engine-finished": {
      const { when, id, line, command } = event.command;
      return { ...resultFields(event.result), when, pos: id, line, cmd: command };
    }
    case "barrier-met": {
      const { id, line, check, key, text } = event.barrier;
      return { id, line, check, key, text };
    }
    case "barrier-passed": {
      const { id, line, check, key, text } = event.barrier;
      return { id, line, check, key, text, since: event.since, failed: event.failed };
    }
    case "run-draining":
      return { why: event.reason, text: event.cause };
    case "run-terminating":
    case "run-ended":
      return { why: event.reason };
    case "note":
    case "warning":
      return { text: event.message };
    default:
      return event satisfies never;
  }
}

function resultFields(r: TaskResult): object {
  return {
    id: r.taskId,
    try: r.attempt,
    node: r.node,
    eng: r.engine,
    slot: r.slot,
    pid: r.pid,
    code: returnCodeOf(r.ending),
    start: r.start,
    end: r.finish,
    cpu: r.usage?.cpu,
    mem: r.usage?.peak,
    out: leakField(r.output),
    err: leakField(r.error),
    how: limitField(r.ending),
    made: r.made?.map(madeField),
  };
}

/** Path, stamp, and digest where there is one. */
function madeField({ path, stamp, digest }: MadeFile): readonly string[] {
  return digest === undefined ? [path, stamp] : [path, stamp, digest];
}

/** At which limit of its own a task was ended, whose return code others may exit with. */
function limitField(ending: Ending): readonly ["time"] | readonly ["memory", number, number] | undefined {
  if (ending.type === "timed-out") return ["time"];
  return ending.type === "out-of-memory" ? ["memory", ending.used, ending.limit] : undefined;
}

/** Nothing for most tasks: they leak nothing. */
function leakField(leak: Leak): readonly [number, string] | undefined {
  return leak.bytes === 0 && leak.snippet === "" ? undefined : [leak.bytes, leak.snippet];
}

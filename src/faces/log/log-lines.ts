import { isSuccess } from "../../domain/ending.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { LogLevel } from "../../domain/log.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { Barrier, Task } from "../../domain/task.ts";
import { endReason } from "../terminal/end-reason.ts";
import { plural } from "../../domain/plural.ts";
import { describeNodes, formatEnding } from "../terminal/text.ts";

/** What the log says of an event. Never the environment: it may hold secrets. */
export interface LogLine {
  readonly level: LogLevel;
  readonly text: string;
}

/** The log's line for this event. */
export function logLine(event: RunEvent): LogLine {
  switch (event.type) {
    case "run-started":
      return info(`run ${event.jobId} started: ${event.taskFile}, ${tasks(event.total)}`);
    case "context-added":
      return info(`context ${event.context.label} added: ${describeNodes(event.context)}`);
    case "context-stopped":
      return info(`context ${event.label} is being stopped`);
    case "engines-awaited":
      return info("no engine is left: waiting for one to be added");
    case "engine-joined": {
      const { rank, node, pid, slots, context } = event.engine;
      return info(`engine ${rank} joined: ${node}, pid ${pid}, ${plural(slots, "slot")}, context ${context}`);
    }
    case "source-ended":
      return info(`end of the tasks: ${tasks(event.total)} in all`);
    case "run-recovered":
      return info(`run recovered by process ${event.pid} on ${event.host}`);
    case "engine-silent":
      return { level: "WARNING", text: `engine ${event.engine} out of touch: ${event.reason}` };
    case "engine-held-back": {
      const { engine, reason } = event;
      return info(
        reason === undefined ? `engine ${engine} starts tasks again` : `engine ${engine} held back: ${reason}`,
      );
    }
    case "engine-back":
      return info(`engine ${event.engine} back`);
    case "engine-restarting": {
      const { node, label, restart, delay } = event;
      return info(`engine on ${node} (context ${label}) is started again in ${delay} s, restart ${restart} there`);
    }
    case "task-superseded": {
      const { taskId, attempt } = event.result;
      return { level: "WARNING", text: `task ${taskId}, attempt ${attempt}, too late: ${outcome(event.result)}` };
    }
    case "engine-ready":
      return info(`engine ${event.engine} ready`);
    case "engine-stopping":
      return info(`engine ${event.engine} is being stopped${event.reason === undefined ? "" : `: ${event.reason}`}`);
    case "engine-left":
      return info(`engine ${event.engine} left${event.reason === undefined ? "" : `: ${event.reason}`}`);
    case "engine-lost":
      return { level: "ERROR", text: `engine ${event.engine} lost: ${event.reason}` };
    case "engine-failed":
      return { level: "ERROR", text: `no engine on ${event.node}: ${event.reason}` };
    case "task-assigned":
      return debug(`${name(event.task)} assigned to engine ${event.engine}, attempt ${event.attempt}`);
    case "task-started":
      return debug(`${name(event.task)} runs on engine ${event.engine}, slot ${event.slot}, attempt ${event.attempt}`);
    case "task-finished":
      return debug(`${name(event.task)} finished: ${outcome(event.result)}`);
    case "task-retrying": {
      const { task, result, failures, delay } = event;
      return info(`${name(task)} failed, try ${failures}, and is tried again in ${delay} s: ${outcome(result)}`);
    }
    case "task-returned":
      return debug(`task ${event.taskId} returned by engine ${event.engine}, not started`);
    case "task-stopping":
      return info(`task ${event.taskId} on engine ${event.engine} is being stopped`);
    case "task-interrupted":
      return debug(`${name(event.task)} interrupted: ${outcome(event.result)}`);
    case "task-skipped":
      return debug(`${name(event.skipped.task)} skipped: done in an earlier run`);
    case "per-engine-finished": {
      const { command, result } = event;
      const text = `per-engine ${command.when} command ${command.id} (line ${command.line}): ${outcome(result)}`;
      return { level: isSuccess(result.ending) ? "INFO" : "WARNING", text };
    }
    case "barrier-met":
      return debug(`${barrierName(event.barrier)} met: waiting for what stands above it`);
    case "barrier-passed": {
      const { barrier, since, time, failed } = event;
      const how = failed ? "failed" : "passed";
      return info(`${barrierName(barrier)} ${how} after ${(time - since).toFixed(3)} s`);
    }
    case "run-draining":
      return event.cause === undefined
        ? info(`draining: ${endReason(event.reason)}`)
        : { level: "ERROR", text: `draining: ${endReason(event.reason)}: ${event.cause}` };
    case "run-terminating":
      return info(`terminating: ${endReason(event.reason)}`);
    case "note":
      return info(event.message);
    case "warning":
      return { level: "WARNING", text: event.message };
    case "run-ended":
      return info(`run ended: ${endReason(event.reason)}`);
    default:
      return event satisfies never;
  }
}

function info(text: string): LogLine {
  return { level: "INFO", text };
}

function debug(text: string): LogLine {
  return { level: "DEBUG", text };
}

function tasks(total: number | undefined): string {
  return total === undefined ? "number of tasks not known" : plural(total, "task");
}

function barrierName({ id, line, check }: Barrier): string {
  return `${check ? "check barrier" : "barrier"} ${id} (line ${line})`;
}

function name(task: Task): string {
  return task.name === undefined ? `task ${task.id} (line ${task.line})` : `task ${task.id} (${task.name})`;
}

function outcome({ node, slot, pid, ending, start, finish }: TaskResult): string {
  const where = `${node} slot ${slot} pid ${pid}`;
  return `${formatEnding(ending)}, ${where}, ${(finish - start).toFixed(3)} s`;
}

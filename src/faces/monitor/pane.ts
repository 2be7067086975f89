/** What stands below the list: more about the row that is chosen. */

import { plural } from "../../domain/plural.ts";
import { memoryText } from "../../domain/limits.ts";
import type { TaskRow } from "../../domain/watch.ts";
import { formatEnding } from "../terminal/text.ts";
import { countWords } from "../terminal/templates.ts";
import { type Line, span } from "./line.ts";
import { stateWords, taskStyle } from "./lists.ts";
import { exampleOf } from "./needs.ts";
import { chosenEngine, chosenRow, kindsOf, templatesOf } from "./rows.ts";
import { heardNow, type MonitorState, runNow } from "./state.ts";
import { formatAge, formatCount, formatSpan } from "./words.ts";

/** Two lines about it; fewer when there is nothing to say. */
export function paneLines(state: MonitorState): Line[] {
  const { tab } = state;
  if (tab === "log") return [];
  if (tab === "engines" || tab === "slots") return engineLines(state);
  if (tab === "templates") return templateLines(state);
  const id = exampleOf(state);
  const detail = id === undefined ? undefined : state.details.get(id);
  if (detail !== undefined) return [taskLine(detail.row, runNow(state)), errorLine(detail.row)];
  if (tab !== "failures") return [];
  const kind = kindsOf(state)[chosenRow(state, "failures")];
  return kind === undefined ? [] : [[span(` task ${kind.example}  ${kind.node}  ${formatEnding(kind.ending)}`)]];
}

/** Where the instances of the chosen template stand, and what the list has no room for. */
function templateLines(state: MonitorState): Line[] {
  const template = templatesOf(state)[chosenRow(state, "templates")];
  if (template === undefined) return [];
  const growing = template.isGrowing ? "; more may come" : "";
  const more = state.view.templates?.more ?? 0;
  const rest =
    more === 0
      ? []
      : [[span(` ${plural(more, "more task")} of the workflow: disbatch status lists them`, "dim")] as Line];
  return [[span(` ${template.name}  `, "bold"), span(`${countWords(template)}${growing}`)], ...rest];
}

function engineLines(state: MonitorState): Line[] {
  const engine = chosenEngine(state);
  if (engine === undefined) return [];
  const { rank, node, pid, context, slots, durations, lastHeard, busySeconds } = engine;
  const reason = engine.reason ?? (engine.heldBack === undefined ? undefined : `held back: ${engine.heldBack}`);
  const heard = lastHeard === undefined ? "" : `  last heard ${formatAge(heardNow(state) - lastHeard)} ago`;
  const times =
    durations.count === 0
      ? "no task has ended there"
      : `time p50 ${formatSpan(durations.p50)}  p95 ${formatSpan(durations.p95)}  max ${formatSpan(durations.longest)}  busy ${formatSpan(busySeconds)}`;
  return [
    [
      span(` engine ${rank}  `, "bold"),
      span(`${node}  process ${pid}  context ${context}  ${formatCount(slots)} slots${heard}`),
    ],
    [span(` ${times}${reason === undefined ? "" : `  ${reason}`}`, "dim")],
  ];
}

function taskLine(row: TaskRow, now: number): Line {
  const { id, node, slot, start, finish, command = "" } = row;
  const where = node === undefined ? "" : `  ${node}${slot === undefined ? "" : ` slot ${slot}`}`;
  const time =
    start === undefined ? "" : `  ${finish === undefined ? formatAge(now - start) : formatSpan(finish - start)}`;
  return [
    span(` task ${id}  `, "bold"),
    span(stateWords(row), taskStyle(row)),
    span(`${where}${time}${useWords(row)}  ${command}`),
  ];
}

/** What it has used, once it has ended. */
function useWords({ usage }: TaskRow): string {
  if (usage === undefined) return "";
  const peak = usage.peak === undefined ? "" : `  mem ${memoryText(usage.peak)}`;
  return `  cpu ${formatSpan(usage.cpu)}${peak}`;
}

function errorLine({ state, error, output }: TaskRow): Line {
  if (error !== undefined && error.bytes > 0) return [span(" err │ ", "dim"), span(firstLine(error.snippet), "bad")];
  if (output !== undefined && output.bytes > 0) return [span(" out │ ", "dim"), span(firstLine(output.snippet))];
  if (state === "running") return [span(" what it writes is kept when it has ended", "dim")];
  if (state === "retrying") return [span(" Enter shows what it has written", "dim")];
  return [span(" it has written nothing that is kept", "dim")];
}

function firstLine(snippet: string): string {
  return snippet.split("\n").find((line) => line.trim() !== "") ?? "";
}

import type { JSX } from "preact";
import { isSuccess } from "../../domain/ending.ts";
import type { TaskRow } from "../../domain/watch.ts";
import type { Column } from "../parts/data-table.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { Time } from "../parts/time.tsx";
import { pathToTask } from "../state/route.ts";
import { formatEnding } from "../words/endings.ts";
import { formatBytes, formatCount } from "../words/numbers.ts";
import { formatSpan } from "../words/times.ts";

/** Characters of a command that a table shows. */
const LONGEST = 300;

/** Columns of tasks. `now`: what time it is for the run, a Unix time. */
export function taskColumns(run: string, now: number, isWide: boolean): Column<TaskRow>[] {
  if (!isWide) return [narrowColumn(run, now)];
  return [
    { id: "state", head: "State", width: "120px", cell: ({ state }) => <StateBadge state={state} /> },
    { id: "id", head: "Task", align: "right", width: "92px", sortable: true, cell: ({ id }) => link(run, id) },
    {
      id: "line",
      head: "Line",
      title: "Line of the task file",
      align: "right",
      width: "84px",
      from: "large",
      cell: ({ line }) => (line === undefined ? dash() : formatCount(line)),
    },
    { id: "node", head: "Node / slot", from: "medium", width: "132px", cell: place },
    { id: "newest", head: "Start", width: "128px", from: "medium", sortable: true, cell: (row) => startOf(row, now) },
    { id: "duration", head: "Duration", align: "right", width: "92px", sortable: true, cell: (row) => span(row, now) },
    { id: "ending", head: "Ending", width: "148px", cell: ending },
    {
      id: "attempts",
      head: "Tries",
      title: "How often it has been started",
      align: "right",
      width: "60px",
      from: "large",
      cell: ({ attempt }) => (attempt < 1 ? dash() : attempt),
    },
    {
      id: "memory",
      head: "Memory",
      title: "The most memory that it has held",
      align: "right",
      width: "88px",
      from: "large",
      cell: ({ usage }) => (usage?.peak === undefined ? dash() : formatBytes(usage.peak)),
    },
    {
      id: "processor",
      head: "CPU",
      title: "Processor time of all of its processes",
      align: "right",
      width: "84px",
      from: "large",
      cell: ({ usage }) => (usage === undefined ? dash() : formatSpan(usage.cpu)),
    },
    { id: "command", head: "Command", cell: command },
  ];
}

/** All of a row in two lines, where there is room for one column. */
function narrowColumn(run: string, now: number): Column<TaskRow> {
  return {
    id: "task",
    head: "Task",
    cell: (row) => (
      <div class="task-lines">
        <div>
          <StateBadge state={row.state} /> {link(run, row.id)}
          <span class="task-aside">
            {row.ending !== undefined && !isSuccess(row.ending) && ending(row)} {span(row, now)}
          </span>
        </div>
        <div>{command(row)}</div>
      </div>
    ),
  };
}

function link(run: string, id: number): JSX.Element {
  return (
    <a href={pathToTask(run, id)} tabIndex={-1}>
      {id}
    </a>
  );
}

function dash(): JSX.Element {
  return <span class="dim">-</span>;
}

function place({ node, slot }: TaskRow): JSX.Element {
  if (node === undefined) return dash();
  return (
    <>
      <ForeignText text={node} />
      {slot !== undefined && slot >= 0 && <span class="dim"> / {slot}</span>}
    </>
  );
}

function startOf({ start, due }: TaskRow, now: number): JSX.Element {
  if (due !== undefined && start === undefined) return <span class="dim">next try in {formatSpan(due - now)}</span>;
  return <Time time={start} now={now} />;
}

/** How long it took, or has run for. */
function span({ state, start, finish }: TaskRow, now: number): JSX.Element {
  if (start === undefined) return dash();
  if (finish !== undefined) return <>{formatSpan(finish - start)}</>;
  return state === "running" ? <span class="tone-busy">{formatSpan(now - start)}</span> : dash();
}

function ending({ ending: end }: TaskRow): JSX.Element {
  if (end === undefined) return dash();
  return <span class={isSuccess(end) ? "dim" : "tone-bad"}>{formatEnding(end)}</span>;
}

function command({ command: text }: TaskRow): JSX.Element {
  if (text === undefined) return <span class="dim">not read yet</span>;
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
  return <ForeignText text={shown} class="mono" />;
}

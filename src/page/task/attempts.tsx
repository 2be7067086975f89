import type { JSX } from "preact";
import { isSuccess } from "../../domain/ending.ts";
import type { Attempt, TaskDetail, TaskRow } from "../../domain/watch.ts";
import { type Column, DataTable } from "../parts/data-table.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { formatEnding } from "../words/endings.ts";
import { stateWords } from "../words/states.ts";
import { formatSpan } from "../words/times.ts";

/** A start of a task, as a row. */
type Start = Omit<Attempt, "end" | "engine"> & { readonly what: string; readonly engine?: number | undefined };

const ENDS: Readonly<Record<Attempt["end"], string>> = {
  lost: "its engine was lost",
  returned: "its engine gave it back",
  interrupted: "it was cut short",
  superseded: "another start took its place",
  failed: "it failed, and was tried again",
};

/** All starts of a task that has had several. */
export function Attempts({ detail, now }: { readonly detail: TaskDetail; readonly now: number }): JSX.Element | null {
  const { row, attempts } = detail;
  if (attempts.length === 0) return null;
  const starts: Start[] = [...attempts.map((each) => ({ ...each, what: wordsOf(each) })), ...lastOf(row, attempts)];
  const columns: Column<Start>[] = [
    { id: "attempt", head: "Try", align: "right", width: "48px", cell: ({ attempt }) => attempt },
    { id: "node", head: "Node / slot", cell: placeOf },
    { id: "engine", head: "Engine", align: "right", from: "small", cell: ({ engine }) => engine ?? "-" },
    { id: "start", head: "Start", from: "small", cell: ({ start }) => <Time time={start} now={now} /> },
    { id: "span", head: "Duration", align: "right", cell: spanOf },
    { id: "what", head: "What became of it", cell: ({ what }) => what },
  ];
  return (
    <Panel title="Tries">
      <DataTable
        label="Starts of this task"
        columns={columns}
        count={starts.length}
        rowAt={(index) => starts[index]}
        keyOf={({ attempt }) => attempt}
        most={8}
      />
    </Panel>
  );
}

function wordsOf({ end, ending }: Attempt): string {
  return ending === undefined ? ENDS[end] : `${ENDS[end]}: ${formatEnding(ending)}`;
}

/** The newest start, unless it is among the earlier ones. */
function lastOf(row: TaskRow, attempts: readonly Attempt[]): Start[] {
  const { attempt, node, engine, slot, start, finish, state, ending } = row;
  if (node === undefined || attempts.some((each) => each.attempt >= attempt)) return [];
  const what = ending === undefined || isSuccess(ending) ? stateWords(state).word : formatEnding(ending);
  return [{ attempt, node, engine, slot, start, finish, what }];
}

function placeOf({ node, slot }: Start): JSX.Element {
  return (
    <>
      <ForeignText text={node} />
      {slot !== undefined && slot >= 0 && <span class="dim"> / {slot}</span>}
    </>
  );
}

function spanOf({ start, finish }: Start): string {
  return start === undefined || finish === undefined ? "-" : formatSpan(finish - start);
}

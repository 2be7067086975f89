import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { isSuccess } from "../../domain/ending.ts";
import type { TaskRow } from "../../domain/watch.ts";
import type { TaskDocument } from "../../web/api/answers.ts";
import { apiPath, stop } from "../api/client.ts";
import { isStale, type LiveRun, paceOf, runNow } from "../api/live-run.ts";
import { useAnswer } from "../api/use-answer.ts";
import { CopyCommand } from "../parts/command.tsx";
import { ConfirmDialog } from "../parts/confirm.tsx";
import { ForeignText } from "../parts/foreign-text.tsx";
import { Panel } from "../parts/panel.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { Failed, Loading } from "../parts/states.tsx";
import { pathTo, pathToTask } from "../state/route.ts";
import { useNow } from "../state/use-now.ts";
import { formatEnding } from "../words/endings.ts";
import { formatCount } from "../words/numbers.ts";
import { Attempts } from "./attempts.tsx";
import { OutputPanel } from "./output-panel.tsx";
import { TaskFacts } from "./task-facts.tsx";

/** Seconds between two questions for a task that may still change. */
const EVERY = 2;

/** All that is known of a task. */
export function TaskPage({ run, task }: { readonly run: LiveRun; readonly task: number }): JSX.Element {
  const path = apiPath(run.id, "tasks", task);
  const { data, problem, again } = useAnswer<TaskDocument>(path, {}, paceOf(run, EVERY));
  const at = useNow(run.view.ended === undefined && !isStale(run));
  const now = runNow(run, at);
  const known = data?.row.id === task ? data : undefined;
  return (
    <div class="stack task-page">
      <TaskHead run={run} task={task} row={known?.row} again={again} />
      {problem !== undefined && <Failed problem={problem} again={again} />}
      {known === undefined ? (
        problem === undefined && <Loading what="Reading the task" />
      ) : (
        <>
          <Panel title="Command">
            {known.row.command === undefined ? (
              <p class="dim">It has not been read from its source yet.</p>
            ) : (
              <CopyCommand command={known.row.command} />
            )}
            <TaskFacts run={run.id} row={known.row} now={now} />
          </Panel>
          {known.kind !== undefined && (
            <Panel title="Kind of failure">
              <p>
                <strong class="tone-bad">{formatEnding(known.kind.ending)}</strong>{" "}
                <ForeignText text={known.kind.text} class="mono" />
              </p>
              <p>
                <a href={pathTo(run.id, "tasks", { kind: known.kind.id })}>
                  {known.kind.count === 1
                    ? "The only one of its kind"
                    : `All ${formatCount(known.kind.count)} like this`}
                </a>
              </p>
            </Panel>
          )}
          <Attempts detail={known} now={now} />
          <OutputPanel key={`stderr ${task}`} run={run.id} document={known} stream="stderr" />
          <OutputPanel key={`stdout ${task}`} run={run.id} document={known} stream="stdout" />
          {known.next.length > 0 && (
            <Panel title="What to do next">
              {known.next.map(({ purpose, command }) => (
                <CopyCommand key={purpose} purpose={purpose} command={command} />
              ))}
            </Panel>
          )}
        </>
      )}
    </div>
  );
}

function TaskHead({
  run,
  task,
  row,
  again,
}: {
  readonly run: LiveRun;
  readonly task: number;
  readonly row: TaskRow | undefined;
  readonly again: () => void;
}): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  const ending = row?.ending;
  const mayStop = run.control && run.view.ended === undefined && row !== undefined && isStoppable(row.state);
  return (
    <header class="task-head">
      <h1>Task {task}</h1>
      {row !== undefined && <StateBadge state={row.state} />}
      {ending !== undefined && !isSuccess(ending) && <strong class="tone-bad">{formatEnding(ending)}</strong>}
      <nav class="task-steps" aria-label="Other tasks">
        {task > 0 && <a href={pathToTask(run.id, task - 1)}>← {task - 1}</a>}
        <a href={pathToTask(run.id, task + 1)}>{task + 1} →</a>
      </nav>
      {mayStop && (
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          Stop this task
        </button>
      )}
      {isAsking && (
        <ConfirmDialog
          title={`Stop task ${task}?`}
          verb="Stop the task"
          act={() => stop(run.id, { what: "task", id: task })}
          close={() => {
            setAsking(false);
            again();
          }}
        >
          Its processes are ended, and it counts as failed. The rest of the run goes on.
        </ConfirmDialog>
      )}
    </header>
  );
}

function isStoppable(state: TaskRow["state"]): boolean {
  return state === "running" || state === "assigned" || state === "retrying";
}

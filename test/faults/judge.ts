import { filesBelow } from "../support/folder-contents.ts";
import type { StatusLine } from "../support/status-file.ts";
import type { Workspace } from "../support/workspace.ts";
import { type JournalLine, readJournal } from "./journal.ts";
import { type NotedStart, readComplaints, readStarts } from "./notes.ts";
import type { Plan } from "./plan.ts";

/** Finds what must not be in what a round has left, in words for people. */
export function judge(plan: Plan, workspace: Workspace): string[] {
  const starts = readStarts(workspace.path("notes"));
  const journal = readJournal(workspace);
  return [
    ...readComplaints(workspace.path("notes")),
    ...judgeOutcomes(plan, workspace.status(), starts),
    ...judgeJournal(plan, journal, workspace.status()),
    ...judgeStarts(plan, starts),
    ...filesBelow(workspace.folder)
      .filter((name) => /^run_(?:recovery|contact)|tmp$|undelivered/.test(name))
      .map((name) => `${name} is left behind`),
  ];
}

/** Every line of the task file has one line in the status file, of a process that has come to its end. */
function judgeOutcomes({ items }: Plan, status: readonly StatusLine[], starts: readonly NotedStart[]): string[] {
  return items.flatMap(({ type }, id) => {
    const lines = status.filter(({ taskId, flags }) => taskId === id && !flags.includes("P"));
    const [line] = lines;
    if (lines.length !== 1 || line === undefined)
      return [`${type} ${id} stands ${lines.length} times in the status file`];
    if (line.returnCode !== 0) return [`${type} ${id} has return code ${line.returnCode}`];
    const itself = starts.find((start) => start.id === id && start.pid === line.pid);
    if (type === "barrier" || itself?.ended === true) return [];
    return [`task ${id} has an outcome of process ${line.pid}, which has not come to its end`];
  });
}

/** The journal has the same outcomes, once, and no task is assigned once it has one. */
function judgeJournal({ items }: Plan, journal: readonly JournalLine[], status: readonly StatusLine[]): string[] {
  const last = journal.at(-1);
  const ends = journal.filter(({ e }) => e === "run-ended").length;
  const end =
    ends === 1 && last?.e === "run-ended" && last.why === "done" ? [] : ["the journal does not end with `done`"];
  const outcomes = items.flatMap(({ type }, id) => {
    const event = type === "barrier" ? "barrier-passed" : "task-finished";
    const found = journal.filter((line) => line.e === event && line.id === id);
    const [outcome] = found;
    if (found.length !== 1 || outcome === undefined)
      return [`${type} ${id} stands ${found.length} times in the journal`];
    if (type === "barrier") return [];
    const pid = status.find(({ taskId, flags }) => taskId === id && !flags.includes("P"))?.pid;
    const assigned = journal.findLastIndex(({ e, id: task }) => e === "task-assigned" && task === id);
    return [
      ...(pid === outcome.pid
        ? []
        : [`task ${id} is process ${pid} in the status file and ${outcome.pid} in the journal`]),
      ...(assigned < journal.indexOf(outcome) ? [] : [`task ${id} is assigned once more when it has its outcome`]),
      ...(journal[assigned]?.try === outcome.try ? [] : [`the outcome of task ${id} is not that of its last attempt`]),
    ];
  });
  return [...end, ...outcomes];
}

/** Attempts of a task have numbers that grow. */
function judgeStarts({ items, startsOnce }: Plan, starts: readonly NotedStart[]): string[] {
  return items.flatMap((_, id) => {
    const attempts = starts.filter((start) => start.id === id).map(({ attempt }) => attempt);
    const grow = attempts.every((attempt, i) => attempt > (attempts[i - 1] ?? 0));
    return [
      ...(grow ? [] : [`the attempts of task ${id} have the numbers ${attempts.join(", ")}`]),
      ...(startsOnce && attempts.length > 1
        ? [`task ${id} was started ${attempts.length} times, and for no reason`]
        : []),
    ];
  });
}

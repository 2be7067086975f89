import { DurationHistogram } from "../../domain/duration-histogram.ts";
import { countIn, type TemplateTally } from "../../domain/instance-state.ts";
import { type OutcomeTable, ROW } from "../../records/outcomes/outcome-table.ts";
import type { OutcomeFile, Outcomes } from "../../records/outcomes/outcomes.ts";
import type { RunStory } from "../../records/outcomes/run-story.ts";
import { endingToldBy } from "../../records/statusfile/return-code.ts";
import { nodeFacts, summaryOf } from "./node-facts.ts";
import type {
  OutcomeTally,
  Report,
  ReportedDurations,
  ReportedKind,
  ReportedSource,
  ReportedTask,
  RunFacts,
} from "./report.ts";
import { templatesIn } from "./templates.ts";
import { usedIn } from "./use.ts";
import { type SlotTimes, slotTimes, timeUse } from "./time-use.ts";

/** Tasks that are shown of each kind of failure. */
const EXAMPLES = 3;
/** Tasks that are shown as the slowest. */
const SLOWEST = 20;

/**
 * What there is to say of the runs behind these records.
 *
 * @param tallies of a workflow: where the instances of its tasks stand.
 * @param times when there were slots; whoever needs that for more than the report makes it once.
 * @throws UserError `status-file-changed` when a status file was written anew meanwhile.
 */
export function makeReport(
  outcomes: Outcomes,
  decide: (tally: OutcomeTally) => RunFacts,
  tallies?: readonly TemplateTally[],
  times: SlotTimes = slotTimes(outcomes.table, outcomes.files),
): Report {
  const { table, files } = outcomes;
  const tally = tallyOf(table, files, tallies);
  return {
    run: decide(tally),
    outcomes: tally,
    time: timeUse(table, files, times),
    kinds: kindsOf(outcomes),
    templates: outcomes.instances === undefined ? undefined : templatesIn(outcomes, tallies),
    nodes: nodeFacts(table, outcomes.nodes.all, files),
    durations: durationsOf(table),
    used: usedIn(table),
    slowest: slowestOf(outcomes),
    sources: files.flatMap(sourcesOf),
    remarks: remarksOn(table, files),
  };
}

/** @param tallies tell what is missing: there are outcomes, too, of instances that the document has no more. */
function tallyOf(
  table: OutcomeTable,
  files: readonly OutcomeFile[],
  tallies: readonly TemplateTally[] | undefined,
): OutcomeTally {
  let failed = 0;
  let earlier = 0;
  for (let nth = 0; nth < table.tasks; nth++) {
    const row = table.countedAt(nth);
    if (table.returnCode(row) !== 0) failed++;
    if (table.type(row) === ROW.skipped) earlier++;
  }
  const types = typeCounts(table);
  const stories = files.flatMap(({ story }) => story ?? []);
  const done = table.tasks;
  const left = tallies && countIn(tallies, "waiting", "ready", "running", "retrying", "blocked");
  const total = left === undefined ? totalOf(files) : done + left;
  const missing = left ?? (total === undefined ? gapsIn(table) : Math.max(0, total - done));
  return {
    total,
    succeeded: done - failed,
    failed,
    missing,
    cutShort: Math.min(missing, cutShortIn(table, stories)),
    differing: table.differing,
    earlier,
    replaced: types.task + types.skipped - done,
    perEngineFailed: types.perEngineFailed,
    wastedStarts: stories.reduce((sum, { wasted }) => sum + wasted.attempts, 0),
    wastedSeconds: stories.reduce((sum, { wasted }) => sum + wasted.seconds, 0),
    failedTries: stories.reduce((sum, { retries }) => sum + retries.tries, 0),
    failedTriesSeconds: stories.reduce((sum, { retries }) => sum + retries.seconds, 0),
    retriedTasks: new Set(stories.flatMap(({ retries }) => [...retries.tasks])).size,
    laterSuccesses: new Set(stories.flatMap(({ retries }) => [...retries.succeeded])).size,
    barriers: table.barriers,
  };
}

function cutShortIn(table: OutcomeTable, stories: readonly RunStory[]): number {
  const ids = new Set(stories.flatMap(({ cutShort }) => [...cutShort]));
  let count = 0;
  for (const id of ids) if (table.commandHash(id) === undefined) count++;
  return count;
}

/** The length of the list, where the journals agree on it. */
function totalOf(files: readonly OutcomeFile[]): number | undefined {
  const totals = new Set(files.map(({ story }) => story?.sessions.at(-1)?.total));
  const [total] = totals;
  return totals.size === 1 ? total : undefined;
}

/** Numbers below the largest that no task and no barrier has: tasks that are not done. There may be more behind. */
function gapsIn(table: OutcomeTable): number {
  const largest = Math.max(table.ids().at(-1) ?? -1, table.barrierIds().at(-1) ?? -1);
  return Math.max(0, largest + 1 - table.tasks - table.barriers);
}

function typeCounts(table: OutcomeTable): { task: number; skipped: number; perEngineFailed: number } {
  const counts = { task: 0, skipped: 0, perEngineFailed: 0 };
  for (let row = 0; row < table.size; row++) {
    const type = table.type(row);
    if (type === ROW.task) counts.task++;
    else if (type === ROW.skipped) counts.skipped++;
    else if (type === ROW.perEngine && table.returnCode(row) !== 0) counts.perEngineFailed++;
  }
  return counts;
}

/** A kind of failure while its tasks are counted. */
interface KindFold {
  count: number;
  first: number;
  last: number;
  readonly nodes: Set<number>;
  readonly rows: number[];
}

function kindsOf(outcomes: Outcomes): ReportedKind[] {
  const { table, kinds, nodes } = outcomes;
  const folds = kinds.all.map((): KindFold => ({
    count: 0,
    first: Infinity,
    last: -Infinity,
    nodes: new Set(),
    rows: [],
  }));
  for (let nth = 0; nth < table.tasks; nth++) {
    const row = table.countedAt(nth);
    const fold = folds[table.kind(row)];
    if (fold === undefined) continue;
    fold.count++;
    fold.first = Math.min(fold.first, table.finish(row));
    fold.last = Math.max(fold.last, table.finish(row));
    fold.nodes.add(table.node(row));
    if (fold.rows.length < EXAMPLES) fold.rows.push(row);
  }
  const reported = folds.flatMap(({ count, first, last, nodes: at, rows }, number) => {
    const kind = kinds.all[number];
    const [node = 0] = at;
    if (count === 0 || kind === undefined) return [];
    // Tasks that ran at once end in any order.
    const examples = rows.map((row) => taskIn(outcomes, row)).toSorted((a, b) => a.id - b.id);
    return [{ ...kind, count, first, last, nodes: at.size, node: nodes.all[node] ?? "", examples }];
  });
  return reported.toSorted((a, b) => Number(a.isOther) - Number(b.isOther) || b.count - a.count);
}

function taskIn(outcomes: Outcomes, row: number): ReportedTask {
  const { id, line, repeatIndex, node, returnCode, pid, output, error, command } = outcomes.record(row);
  return {
    ...{ id, line, repeatIndex, node, command },
    seconds: outcomes.table.duration(row),
    ending: endingToldBy(returnCode, pid, error.snippet),
    output: output.snippet,
    error: error.snippet,
  };
}

function durationsOf(table: OutcomeTable): ReportedDurations {
  const durations = new DurationHistogram();
  for (let nth = 0; nth < table.tasks; nth++) durations.add(table.duration(table.countedAt(nth)));
  return { ...summaryOf(durations), total: durations.total, histogram: [...durations.filled()] };
}

function slowestOf(outcomes: Outcomes): ReportedTask[] {
  const { table } = outcomes;
  const rows: number[] = [];
  let least = -1;
  for (let nth = 0; nth < table.tasks; nth++) {
    const row = table.countedAt(nth);
    const seconds = table.duration(row);
    if (rows.length === SLOWEST && seconds <= least) continue;
    const at = rows.findIndex((one) => table.duration(one) < seconds);
    rows.splice(at < 0 ? rows.length : at, 0, row);
    if (rows.length > SLOWEST) rows.pop();
    least = table.duration(rows.at(-1) ?? row);
  }
  return rows.map((row) => taskIn(outcomes, row));
}

function sourcesOf({ path, lines, journal, story, journalProblem }: OutcomeFile): ReportedSource[] {
  const { lines: whole, foreign, torn } = lines;
  const status = { file: path, what: "status file", lines: whole, ignored: foreign, torn, problem: undefined } as const;
  if (journal === undefined) return [status];
  const problem = story === undefined ? journalProblem : undefined;
  return [status, { file: journal, what: "journal", lines: undefined, ignored: 0, torn: false, problem }];
}

function remarksOn(table: OutcomeTable, files: readonly OutcomeFile[]): string[] {
  const remarks: string[] = [];
  if (files.some(({ story }) => story === undefined) && table.tasks > 0) {
    remarks.push("slots are reconstructed from the times of tasks, since not every status file has its journal here");
  }
  return remarks;
}

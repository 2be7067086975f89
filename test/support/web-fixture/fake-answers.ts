import { MOST_ROWS, type TaskRow } from "../../../src/domain/watch.ts";
import {
  type KeptStream,
  type Metric,
  METRICS,
  type Problem,
  type RunDocument,
  type RunList,
  type TaskDocument,
  type TaskList,
} from "../../../src/web/api/answers.ts";
import { fakeHistograms, fakeSeriesDocument, fakeTimeline, fakeTimelineTask } from "./fake-pictures.ts";
import { type FakeRun, HOSTILE, viewOf } from "./fake-runs.ts";
import { engineOf, fakeKinds, fakeTask, type FakeScale, kindOf, startOf, stateOf } from "./fake-tasks.ts";
import { fakeGraph, fakeInstances } from "./fake-workflow.ts";

export class FixtureProblem extends Error {
  readonly problem: Problem;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.problem = { type: "about:blank", title: "Problem", status, detail, code };
  }
}

export function runList(runs: readonly FakeRun[]): RunList {
  const summaries = runs.map((run) => {
    const { taskFile, host, phase, reason, started, ended, now, tasks, slots, estimate } = viewOf(run);
    const { id, name, link } = run;
    return {
      id,
      name,
      prefix: `/scratch/users/ada/${name}`,
      link: link.state,
      taskFile,
      host,
      phase,
      reason,
      started,
      ended,
      now,
      tasks,
      slots: slots.total,
      estimate,
    };
  });
  return { runs: summaries, total: summaries.length, truncated: false };
}

export function runDocument(run: FakeRun, control: boolean): RunDocument {
  const { id, name, link, isWorkflow, warnings, next } = run;
  return {
    id,
    name,
    prefix: `/scratch/users/ada/${name}`,
    view: viewOf(run),
    link,
    control,
    isWorkflow,
    reconstructed: false,
    next,
    warnings,
  };
}

/** What a path below the run is answered with. */
export function answerOf(run: FakeRun, parts: readonly string[], params: URLSearchParams): unknown {
  const { scale } = run;
  const [what = "", which] = parts;
  const number = (name: string, otherwise: number): number => Number(params.get(name) ?? otherwise);
  const span = { from: number("from", scale.started), to: number("to", startOf(scale, scale.done)) };
  switch (what) {
    case "engines":
      return { engines: viewOf(run).engines, truncated: false };
    case "contexts":
      return { contexts: viewOf(run).contexts, truncated: false };
    case "failures":
      return { kinds: viewOf(run).kinds.toSorted((a, b) => b.count - a.count), truncated: false };
    case "tasks":
      return which === undefined ? taskList(scale, params) : taskDocument(run, Number(which));
    case "series":
      return fakeSeriesDocument(scale, metricOf(params), span, Math.min(2000, number("points", 600)));
    case "histograms":
      return fakeHistograms(scale, params.get("by") ?? "all");
    case "timeline":
      return which === "task"
        ? fakeTimelineTask(scale, number("at", 0), number("engine", 0), number("slot", 0))
        : fakeTimeline(scale, span, number("px", 800), params.get("by") === "node" ? "node" : "slot");
    case "graph":
      return which === "instances" ? fakeInstances(params) : fakeGraph(run.name);
    default:
      throw new FixtureProblem(404, "not-found", `there is no ${what} of a run`);
  }
}

function metricOf(params: URLSearchParams): Metric {
  const metric = METRICS.find((each) => each === params.get("metric"));
  if (metric === undefined) throw new FixtureProblem(400, "bad-parameter", "metric: there is no such one");
  return metric;
}

function taskList(scale: FakeScale, params: URLSearchParams): TaskList {
  const states = params.get("state")?.split(",");
  const text = params.get("q") ?? "";
  const one = (name: string): number | undefined => (params.has(name) ? Number(params.get(name)) : undefined);
  const [kind, engine] = [one("kind"), one("engine")];
  const node = params.get("node") ?? undefined;
  const isWanted = (id: number): boolean =>
    (states === undefined || states.includes(stateOf(scale, id))) &&
    (kind === undefined || (id < scale.done && kindOf(scale, id) === kind)) &&
    (engine === undefined || engineOf(scale, id) === engine) &&
    (node === undefined || scale.nodes[engineOf(scale, id)] === node) &&
    (text === "" || scale.command(id).includes(text));
  const ids: number[] = [];
  const last = Math.min(scale.total - 1, one("to") ?? Infinity);
  for (let id = Math.max(0, one("from") ?? 0); id <= last; id++) if (isWanted(id)) ids.push(id);
  const sort = params.get("sort");
  if (sort === "newest") ids.reverse();
  if (sort === "duration") {
    const length = ({ start = 0, finish = start }: TaskRow): number => finish - start;
    ids.sort((a, b) => length(fakeTask(scale, b)) - length(fakeTask(scale, a)));
  }
  const from = Number(params.get("cursor") ?? 0);
  const limit = Math.min(MOST_ROWS, Number(params.get("limit") ?? 100));
  const isMore = from + limit < ids.length;
  return {
    tasks: ids.slice(from, from + limit).map((id) => fakeTask(scale, id)),
    total: ids.length,
    truncated: isMore,
    cursor: isMore ? String(from + limit) : undefined,
  };
}

function taskDocument(run: FakeRun, id: number): TaskDocument {
  const { scale } = run;
  if (!(id < scale.total)) throw new FixtureProblem(404, "task-unknown", `the run has no task ${id}`);
  const row = fakeTask(scale, id);
  const kind = row.kind === undefined ? undefined : fakeKinds(scale).find((each) => each.id === row.kind);
  const hasRun = row.start !== undefined;
  const tries = id % 7 === 0 ? 2 : 1;
  return {
    row: hasRun ? { ...row, attempt: tries } : row,
    attempts:
      id % 7 === 0 && hasRun
        ? [
            {
              attempt: 1,
              engine: 0,
              node: scale.nodes[0] ?? "",
              slot: 1,
              start: (row.start ?? 0) - 9,
              finish: (row.start ?? 0) - 4,
              end: "lost",
            },
          ]
        : [],
    kept: hasRun ? { stdout: keptStream(24_000, 4096, tries), stderr: keptStream(900, 0, tries) } : {},
    kind,
    next: [{ purpose: "to run it again", command: `disbatch retry ${run.name} --tasks ${id}` }],
  };
}

function keptStream(bytes: number, missing: number, attempt: number): KeptStream {
  return { bytes, missing, attempt, isEarlierRun: false };
}

/** What a task is said to have printed. */
export function outputOf(stream: string): Buffer {
  const line = (i: number): string =>
    `${stream} ${i}: residual ${(1 / (i + 1)).toExponential(3)} \u001b[32mok\u001b[0m\n`;
  const text = `${HOSTILE}\n${Array.from({ length: 600 }, (_, i) => line(i)).join("")}`;
  return Buffer.from(text).subarray(0, stream === "stderr" ? 900 : 24_000);
}

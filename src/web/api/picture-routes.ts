import { choice, optional, time, whole, withDefault } from "../http/parameters.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { Route } from "../http/route.ts";
import type { PicturedRun } from "../../records/pictures/pictured-run.ts";
import { METRICS } from "./answers.ts";
import { HistogramListSchema, SeriesDocumentSchema, TimelineDocumentSchema, TimelineTaskSchema } from "./schemas.ts";
import { json, RUN, RUN_PATH, RUN_PROBLEMS } from "./served.ts";
import { LARGEST_RANK } from "./task-routes.ts";
import { HISTOGRAMS_BY, runOf, type Span, type WebContext } from "./web-context.ts";

/** Points of a series, and cells of a lane, at most; and as many as there are unless more or fewer are asked for. */
const MOST_POINTS = 2000;
const USUAL_POINTS = 600;

const SPAN = {
  from: optional(
    time({
      description: "Where it begins, Unix time in seconds. The start of the run, if left out.",
      example: "1700000000",
    }),
  ),
  to: optional(time({ description: "Where it ends. Now, or the end of the run, if left out.", example: "1900000000" })),
};

/** What pictures are made of: their size is that of the picture, whatever the number of tasks. */
export const PICTURE_ROUTES: readonly Route<WebContext>[] = [
  json({
    path: `${RUN_PATH}/series`,
    name: "getSeries",
    summary: "Numbers over time.",
    pathParameters: RUN,
    query: {
      metric: choice(METRICS, { description: "Which numbers.", example: "outcomes" }),
      ...SPAN,
      points: withDefault(whole(1, MOST_POINTS, { description: "Steps at most.", example: "300" }), USUAL_POINTS),
    },
    problems: RUN_PROBLEMS,
    answer: SeriesDocumentSchema,
    handle: async (context, { path, query }) => {
      const run = await runOf(context, path.id).pictured();
      return context.pictures.series(run, query.metric, { ...spanOf(run, query), points: query.points });
    },
  }),
  json({
    path: `${RUN_PATH}/histograms`,
    name: "getHistograms",
    summary: "How long tasks took.",
    pathParameters: RUN,
    query: {
      by: withDefault(choice(HISTOGRAMS_BY, { description: "What tasks are told apart by.", example: "node" }), "all"),
    },
    problems: RUN_PROBLEMS,
    answer: HistogramListSchema,
    handle: async (context, { path, query }) =>
      context.pictures.histograms(await runOf(context, path.id).pictured(), query.by),
  }),
  json({
    path: `${RUN_PATH}/timeline`,
    name: "getTimeline",
    summary: "What ran on the slots, or on the nodes, in cells that are bytes.",
    pathParameters: RUN,
    query: {
      ...SPAN,
      px: withDefault(whole(1, MOST_POINTS, { description: "Cells of each lane.", example: "800" }), USUAL_POINTS),
      by: withDefault(choice(["slot", "node"], { description: "What a lane is.", example: "node" }), "slot"),
    },
    problems: RUN_PROBLEMS,
    answer: TimelineDocumentSchema,
    handle: async (context, { path, query }) => {
      const run = await runOf(context, path.id).pictured();
      return context.pictures.timeline(run, { ...spanOf(run, query), px: query.px, by: query.by });
    },
  }),
  json({
    path: `${RUN_PATH}/timeline/task`,
    name: "getTimelineTask",
    summary: "The task that ran on a slot at a time; none, if it was idle.",
    pathParameters: RUN,
    query: {
      at: time({ description: "Unix time in seconds.", example: "1700000000" }),
      engine: whole(0, LARGEST_RANK, { description: "Rank of the engine.", example: "0" }),
      slot: whole(0, LARGEST_RANK, { description: "Slot of the engine, from 0.", example: "0" }),
    },
    problems: RUN_PROBLEMS,
    answer: TimelineTaskSchema,
    handle: async (context, { path, query }) => {
      const run = runOf(context, path.id);
      const task = context.pictures.taskAt(await run.pictured(), query);
      return { task: task === undefined ? undefined : (await run.followed.task(task))?.row };
    },
  }),
];

/** @throws ProblemError `parameter-invalid` when it ends before it begins. */
function spanOf(run: PicturedRun, asked: { readonly from: number | undefined; readonly to: number | undefined }): Span {
  const from = asked.from ?? Math.min(run.started, asked.to ?? Infinity);
  const to = asked.to ?? Math.max(run.until, from);
  if (to < from) throw new ProblemError("parameter-invalid", 400, 'the parameter "to" has to be after "from"');
  return { from, to };
}

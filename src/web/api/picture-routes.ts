import { MOST_POINTS } from "../../records/pictures/steps.ts";
import { durationsOverTime } from "../../records/pictures/durations-over-time.ts";
import { failuresOverTime } from "../../records/pictures/failures-over-time.ts";
import { histograms } from "../../records/pictures/histograms.ts";
import { outcomesOverTime } from "../../records/pictures/outcomes-over-time.ts";
import { slotsOverTime } from "../../records/pictures/slots-over-time.ts";
import { taskAt } from "../../records/pictures/task-at.ts";
import { timeline } from "../../records/pictures/timeline.ts";
import type { PicturedRun } from "../../records/pictures/pictured-run.ts";
import { choice, optional, seconds, time, whole, withDefault } from "../http/parameters.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { Route } from "../http/route.ts";
import { METRICS } from "./answers.ts";
import { HistogramListSchema, SeriesDocumentSchema, TimelineDocumentSchema, TimelineTaskSchema } from "./schemas.ts";
import { json, RUN, RUN_PATH, RUN_PROBLEMS } from "./served.ts";
import { LARGEST_RANK, NODE } from "./task-routes.ts";
import { runOf, type WebContext } from "./web-context.ts";

/** Points of a series, and cells of a lane, unless more or fewer are asked for. */
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

const SERIES = {
  outcomes: outcomesOverTime,
  slots: slotsOverTime,
  failures: failuresOverTime,
  durations: durationsOverTime,
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
    handle: (context, { path, query }) => {
      const { metric, ...range } = query;
      refuseBackwards(range);
      return pictureOf(context, path.id, ["series", query], {
        ofTime: query,
        make: (run) => SERIES[metric](run, range),
      });
    },
  }),
  json({
    path: `${RUN_PATH}/histograms`,
    name: "getHistograms",
    summary: "How long tasks took.",
    pathParameters: RUN,
    query: {
      by: withDefault(
        choice(["all", "node"], { description: "What tasks are told apart by.", example: "node" }),
        "all",
      ),
    },
    problems: RUN_PROBLEMS,
    answer: HistogramListSchema,
    handle: (context, { path, query }) =>
      pictureOf(context, path.id, ["histograms", query], { make: (run) => histograms(run, query.by) }),
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
      node: optional(NODE),
    },
    problems: RUN_PROBLEMS,
    answer: TimelineDocumentSchema,
    handle: (context, { path, query }) => {
      refuseBackwards(query);
      return pictureOf(context, path.id, ["timeline", query], { ofTime: query, make: (run) => timeline(run, query) });
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
      within: optional(
        seconds({ description: "A task so far away, in seconds, is taken if none ran then.", example: "2.5" }),
      ),
    },
    problems: RUN_PROBLEMS,
    answer: TimelineTaskSchema,
    handle: async (context, { path, query }) => {
      const run = runOf(context, path.id);
      const task = await taskAt(await run.pictured(), query);
      return { task: task === undefined ? undefined : (await run.followed.task(task))?.row };
    },
  }),
];

interface Picture<T> {
  /** What part of the run it shows, of one that is drawn along time. */
  readonly ofTime?: { readonly to: number | undefined };
  readonly make: (run: PicturedRun) => Promise<T>;
}

/** A picture of the run, which is made once however many ask for it before the run changes, or a second is over. */
async function pictureOf<T>(
  context: WebContext,
  id: string,
  asked: readonly unknown[],
  { ofTime, make }: Picture<T>,
): Promise<T> {
  const run = runOf(context, id);
  const pictured = await run.pictured();
  const { revision, until, hasEnded } = pictured;
  // What lies in the past stays as it is.
  const second = ofTime === undefined || hasEnded ? undefined : Math.min(Math.floor(until), ofTime.to ?? Infinity);
  return context.picturesOf(run).get({ revision, second }, asked, () => make(pictured));
}

/** @throws ProblemError `parameter-invalid` when it ends before it begins. */
function refuseBackwards({ from, to }: { readonly from: number | undefined; readonly to: number | undefined }): void {
  if (from !== undefined && to !== undefined && to < from)
    throw new ProblemError("parameter-invalid", 400, 'the parameter "to" has to be after "from"');
}

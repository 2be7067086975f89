import { NONE } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import type { RunSummary } from "./answers.ts";
import { json, RUN, RUN_PATH, RUN_PROBLEMS } from "./served.ts";
import { ContextListSchema, EngineListSchema, FailureListSchema, RunDocumentSchema, RunListSchema } from "./schemas.ts";
import { runOf, type WebContext } from "./web-context.ts";
import type { WebRun } from "./web-run.ts";

/** Runs, and what of them does not grow with tasks. */
export const RUN_ROUTES: readonly Route<WebContext>[] = [
  json({
    path: "/api/v1/runs",
    name: "listRuns",
    summary: "All runs that are served here.",
    pathParameters: NONE,
    query: NONE,
    problems: {},
    answer: RunListSchema,
    handle: ({ runs }) => {
      const all = runs().map(summaryOf);
      return { runs: all, total: all.length, truncated: false };
    },
  }),
  json({
    path: RUN_PATH,
    name: "getRun",
    summary: "Where a run stands, and the commands that go on with it.",
    pathParameters: RUN,
    query: NONE,
    problems: RUN_PROBLEMS,
    answer: RunDocumentSchema,
    handle: async (context, { path }) => {
      const run = runOf(context, path.id);
      const reconstructed = await isReconstructed(run);
      const { id, name, prefix, isWorkflow, warnings } = run;
      const { view, link } = run.followed;
      return {
        ...{ id, name, prefix, view, link, control: context.control, isWorkflow, reconstructed },
        next: run.next(),
        warnings: [...warnings],
      };
    },
  }),
  json({
    path: `${RUN_PATH}/engines`,
    name: "listEngines",
    summary: "All engines that have ever joined, by rank.",
    pathParameters: RUN,
    query: NONE,
    problems: RUN_PROBLEMS,
    answer: EngineListSchema,
    handle: (context, { path }) => {
      const { engines } = runOf(context, path.id).followed.view;
      return { engines, total: engines.length, truncated: false };
    },
  }),
  json({
    path: `${RUN_PATH}/contexts`,
    name: "listContexts",
    summary: "Where engines of the run come from.",
    pathParameters: RUN,
    query: NONE,
    problems: RUN_PROBLEMS,
    answer: ContextListSchema,
    handle: (context, { path }) => {
      const { contexts } = runOf(context, path.id).followed.view;
      return { contexts, total: contexts.length, truncated: false };
    },
  }),
  json({
    path: `${RUN_PATH}/failures`,
    name: "listFailures",
    summary: "Kinds of failures, those with most failures first.",
    pathParameters: RUN,
    query: NONE,
    problems: RUN_PROBLEMS,
    answer: FailureListSchema,
    handle: (context, { path }) => {
      const { kinds } = runOf(context, path.id).followed.view;
      return {
        kinds: kinds.toSorted((a, b) => b.count - a.count || a.id - b.id),
        total: kinds.length,
        truncated: false,
      };
    },
  }),
];

/** Whether slots are made up from the times of tasks. Of records that cannot be read there is no picture at all. */
async function isReconstructed(run: WebRun): Promise<boolean> {
  try {
    return (await run.pictured()).reconstructed;
  } catch {
    return false;
  }
}

function summaryOf({ id, name, prefix, followed }: WebRun): RunSummary {
  const { taskFile, host, phase, reason, started, ended, now, tasks, slots, estimate } = followed.view;
  const link = followed.link.state;
  return {
    ...{ id, name, prefix, taskFile, host, phase, reason, started, ended, now, link, tasks, estimate },
    slots: slots.total,
  };
}

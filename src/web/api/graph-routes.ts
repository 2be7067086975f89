import { INSTANCE_STATE_NAMES } from "../../domain/instance-state.ts";
import { NONE, choices, optional, text } from "../http/parameters.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { Route } from "../http/route.ts";
import { GraphDocumentSchema, InstanceListSchema } from "./schemas.ts";
import { json, RUN, RUN_PATH } from "./served.ts";
import { PAGE } from "./task-routes.ts";
import { runOf, type WebContext } from "./web-context.ts";
import type { WebRun } from "./web-run.ts";

const PROBLEMS = { 404: "There is no such run here, or it is no workflow's." };
const LONGEST_NAME = 4096;

/** The tasks of a document that depend on each other. */
export const GRAPH_ROUTES: readonly Route<WebContext>[] = [
  json({
    path: `${RUN_PATH}/graph`,
    name: "getGraph",
    summary: "The templates of a workflow, with how many of their instances stand where.",
    pathParameters: RUN,
    query: NONE,
    problems: PROBLEMS,
    answer: GraphDocumentSchema,
    handle: (context, { path }) => workflowOf(context, path.id).graph(),
  }),
  json({
    path: `${RUN_PATH}/graph/instances`,
    name: "listInstances",
    summary: "The instances of a template.",
    pathParameters: RUN,
    query: {
      template: text(LONGEST_NAME, { description: "Name of the template.", example: "align" }),
      state: optional(
        choices(INSTANCE_STATE_NAMES, { description: "States, separated by commas.", example: "failed,blocked" }),
      ),
      q: optional(text(LONGEST_NAME, { description: "Text that their names have in them.", example: "sample" })),
      ...PAGE,
    },
    problems: PROBLEMS,
    answer: InstanceListSchema,
    handle: (context, { path, query }) => {
      const { template, state, q, cursor, limit } = query;
      return workflowOf(context, path.id).instances({ template, states: state, text: q, cursor, limit });
    },
  }),
];

function workflowOf(context: WebContext, id: string): WebRun {
  const run = runOf(context, id);
  if (!run.isWorkflow) throw new ProblemError("no-graph", 404, "the tasks of this run do not depend on each other");
  return run;
}

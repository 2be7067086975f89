import { ProblemError } from "../http/problem-error.ts";
import { NONE } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { StoppedSchema, StopRequestSchema } from "./schemas.ts";
import { posted, RUN, RUN_PATH, RUN_PROBLEMS } from "./served.ts";
import { runOf, type WebContext } from "./web-context.ts";

/** The one thing that changes a run. */
export const STOP_ROUTE: Route<WebContext> = posted({
  path: `${RUN_PATH}/stops`,
  name: "stop",
  summary:
    "Stops a task, an engine, a context or the run. What of it runs may finish, unless it is a task, or `kill` is true.",
  pathParameters: RUN,
  query: NONE,
  body: StopRequestSchema,
  problems: {
    ...RUN_PROBLEMS,
    403: "This server only shows runs: it was started without --web-control; or the request is from elsewhere.",
    409: "The run refuses it, or has ended.",
    413: "The body is too long.",
    415: "The body is not said to be of application/json.",
    503: "The run cannot be reached now.",
  },
  answer: StoppedSchema,
  handle: async (context, { path }, body) => {
    const run = runOf(context, path.id);
    if (!context.control)
      throw new ProblemError(
        "control-off",
        403,
        "this server only shows runs: start it with --web-control to stop something",
      );
    return { done: await run.followed.stop(body) };
  },
});

import { describeApi, type OpenApi } from "../http/openapi.ts";
import type { Route } from "../http/route.ts";
import { ProblemSchema, VOCABULARY } from "./schemas.ts";
import type { WebContext } from "./web-context.ts";

/** The description of the API, of these routes. */
export function describeRuns(routes: readonly Route<WebContext>[], version: string): OpenApi {
  return describeApi(routes, {
    title: "disbatch",
    version,
    description:
      "Runs of disbatch, as they go on or as their records tell them. Times are Unix times in seconds, and spans seconds. Text of tasks stands as it is: whoever shows it makes it printable.",
    vocabulary: VOCABULARY,
    problem: ProblemSchema,
  });
}

import * as v from "valibot";
import { NONE } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { durationsOf } from "../metrics/duration-buckets.ts";
import { exposition, EXPOSITION_TYPE } from "../metrics/exposition.ts";
import { type MeasuredRun, runMetrics } from "../metrics/run-metrics.ts";
import { json, raw } from "./served.ts";
import type { WebContext } from "./web-context.ts";
import type { WebRun } from "./web-run.ts";

const Any = v.record(v.string(), v.unknown());

/** A description, as far as it is described itself. */
const OpenApiSchema = v.object({
  openapi: v.literal("3.1.0"),
  info: v.object({ title: v.string(), version: v.string(), description: v.string() }),
  paths: Any,
  components: v.object({ schemas: Any, securitySchemes: Any }),
  security: v.pipe(v.array(Any), v.readonly()),
});

/** What is counted in the records of a run. */
async function measuredIn(run: WebRun): Promise<Pick<MeasuredRun, "isCounted" | "durations">> {
  const { followed } = run;
  try {
    const { engines, isComplete } = await run.pictured();
    // What is read piece by piece would look like as many outcomes at once.
    const isCounted = isComplete && followed.link.state !== "reading";
    return { isCounted, durations: isCounted ? durationsOf(engines.map((engine) => engine.durations)) : undefined };
  } catch {
    // One run whose records cannot be read takes nothing of the others away. What its driver tells is told.
    return { isCounted: followed.link.state === "live", durations: undefined };
  }
}

/** What is asked of the server itself. */
export const ROOT_ROUTES: readonly Route<WebContext>[] = [
  json({
    path: "/openapi.json",
    name: "getDescription",
    summary: "This description.",
    pathParameters: NONE,
    query: NONE,
    problems: {},
    answer: OpenApiSchema,
    handle: ({ description }) => description(),
  }),
  raw({
    path: "/metrics",
    name: "getMetrics",
    summary: "Metrics of all runs in the text format of Prometheus.",
    pathParameters: NONE,
    query: NONE,
    problems: {},
    answer: { type: ["text/plain"], description: "The metrics, in version 0.0.4 of the format." },
    handle: async ({ runs, version }) => {
      const measured = runs().map(async (run) => {
        return { id: run.id, view: run.followed.view, ...(await measuredIn(run)) };
      });
      return new Response(exposition(runMetrics(await Promise.all(measured), version)), {
        headers: { "Content-Type": EXPOSITION_TYPE, "Cache-Control": "no-store" },
      });
    },
  }),
  raw({
    path: "/healthz",
    name: "getHealth",
    summary: "Whether the server answers.",
    pathParameters: NONE,
    query: NONE,
    problems: {},
    answer: { type: ["text/plain"], description: "`ok`" },
    handle: () =>
      new Response("ok\n", { headers: { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" } }),
  }),
];

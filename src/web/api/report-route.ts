import { choice, withDefault } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { raw, RUN, RUN_PATH, RUN_PROBLEMS } from "./served.ts";
import { runOf, type WebContext } from "./web-context.ts";

const TYPES = { json: "application/json", html: "text/html", text: "text/plain" } as const;

/** The same that `disbatch report` writes. */
export const REPORT_ROUTE: Route<WebContext> = raw({
  path: `${RUN_PATH}/report`,
  name: "getReport",
  summary: "The report on the run so far, as `disbatch report` writes it.",
  pathParameters: RUN,
  query: {
    format: withDefault(
      choice(["json", "html", "text"], { description: "How it is written.", example: "text" }),
      "json",
    ),
  },
  problems: RUN_PROBLEMS,
  answer: {
    type: Object.values(TYPES),
    description: "The report. One of HTML is a file to be kept: it holds all that it shows.",
  },
  handle: async (context, { path, query, request }) => {
    const run = runOf(context, path.id);
    const report = await run.report(query.format, request.signal);
    // A request that nobody holds does not tell that its caller has gone.
    request.signal.throwIfAborted();
    const headers = new Headers({
      "Content-Type": `${TYPES[query.format]}; charset=utf-8`,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    });
    // Its styles stand in the file, which pages of this server are not allowed: it is looked at where it is kept.
    if (query.format === "html") headers.set("Content-Disposition", `attachment; filename="${run.id}_report.html"`);
    return new Response(report, { headers });
  },
});

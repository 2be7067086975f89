import { MOST_READERS } from "../events/event-readers.ts";
import { ProblemError } from "../http/problem-error.ts";
import { NONE } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { EVENT_SCHEMAS } from "./schemas.ts";
import { raw, RUN, RUN_PATH, RUN_PROBLEMS } from "./served.ts";
import { runOf, type WebContext } from "./web-context.ts";

/** Seconds after which there may be room for another reader. */
const RETRY_AFTER = 10;

const HEADERS = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "X-Accel-Buffering": "no",
};

/** Tells what changes, as it does. */
export const EVENT_ROUTE: Route<WebContext> = raw({
  path: `${RUN_PATH}/events`,
  name: "getEvents",
  summary:
    "Server-sent events, each with an id EPOCH-SEQUENCE: a snapshot, then what changes, at most four times a second. Last-Event-ID goes on from there.",
  pathParameters: RUN,
  query: NONE,
  problems: { ...RUN_PROBLEMS, 503: "There are too many readers; Retry-After says when to try again." },
  answer: {
    type: ["text/event-stream"],
    description: "Events, until the run has ended.",
    statuses: { 204: "The reader knows all there is to know: the run has ended, and nothing follows." },
    events: EVENT_SCHEMAS,
  },
  handle: (context, { path, request }) => {
    const { readers, hubOf } = context;
    const run = runOf(context, path.id);
    if (request.method === "HEAD") return new Response(null, { headers: HEADERS });
    const hub = hubOf(run);
    const first = hub.begin(request.headers.get("Last-Event-ID") ?? undefined);
    if (first === undefined) return new Response(null, { status: 204 });
    if (readers.isFull)
      throw new ProblemError("too-many-readers", 503, `${MOST_READERS} connections read events already: close one`, {
        "Retry-After": String(RETRY_AFTER),
      });
    return new Response(readers.open(hub, first), { headers: HEADERS });
  },
});

import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { PictureCache } from "../../records/pictures/picture-cache.ts";
import { UserError } from "../../domain/errors.ts";
import type { Clock } from "../events/deadline.ts";
import { EventHub } from "../events/event-hub.ts";
import { EventReaders, type ReaderWatch } from "../events/event-readers.ts";
import { ProblemError, problemResponse } from "../http/problem-error.ts";
import type { OpenApi } from "../http/openapi.ts";
import { unknownPath } from "../http/route.ts";
import { ROUTES } from "./routes.ts";
import type { WebContext } from "./web-context.ts";
import type { WebRun } from "./web-run.ts";

export interface WebAppOptions {
  /** Whether what is asked for is stopped. */
  readonly control: boolean;
  /** The version of the program. */
  readonly version: string;
  /** Told of those who read events. */
  readonly readers?: ReaderWatch;
  /** Told of what is no mistake of whoever asks, which is a bug. */
  readonly failed?: (error: unknown) => void;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  after: (delay, call) => {
    const timer = setTimeout(call, delay).unref();
    return () => clearTimeout(timer);
  },
};

/** What answers requests. */
export interface WebApp {
  fetch(request: Request): Response | Promise<Response>;
}

/**
 * The API over runs. It lets everybody in: who may ask is decided before.
 *
 * @param runs all that are served now.
 */
export function webApp(runs: () => readonly WebRun[], options: WebAppOptions): WebApp {
  const context = contextOf(runs, options);
  const app = new Hono({ strict: true });
  const methods = new Map<string, string[]>();
  for (const route of ROUTES) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.on(route.method.toUpperCase(), path, ({ req }) => route.serve(context, req.raw, req.param()));
    methods.set(path, [...(methods.get(path) ?? []), ...(route.method === "get" ? ["GET", "HEAD"] : ["POST"])]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, () => {
      const Allow = allowed.join(", ");
      throw new ProblemError("method-not-allowed", 405, `this path is asked with ${Allow}`, { Allow });
    });
  }
  app.notFound(() => problemResponse(unknownPath()));
  app.onError((error, { req }) => {
    // What breaks because its reader has gone is none.
    if (!(error instanceof UserError) && !req.raw.signal.aborted) options.failed?.(error);
    return problemResponse(error);
  });
  return { fetch: (request) => app.fetch(request) };
}

function contextOf(runs: () => readonly WebRun[], { control, version, readers }: WebAppOptions): WebContext {
  let description: Promise<OpenApi> | undefined;
  return {
    ...{ runs, control, version, readers: new EventReaders(CLOCK, readers) },
    hubOf: onceForEach((run) => new EventHub(run, randomBytes(4).toString("hex"), CLOCK)),
    picturesOf: onceForEach(() => new PictureCache()),
    description: () => (description ??= describe(version)),
  };
}

/** The description is made when somebody asks for it: nothing else needs what makes it. */
async function describe(version: string): Promise<OpenApi> {
  const { describeRuns } = await import("./description.ts");
  return describeRuns(ROUTES, version);
}

/** Makes something for each run when it is asked for first, and keeps it as long as the run. */
function onceForEach<T extends object>(make: (run: WebRun) => T): (run: WebRun) => T {
  const made = new WeakMap<WebRun, T>();
  return (run) => {
    const known = made.get(run) ?? make(run);
    made.set(run, known);
    return known;
  };
}

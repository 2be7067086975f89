import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { PictureCache } from "../../records/pictures/picture-cache.ts";
import { EventHub, type HubClock } from "../events/event-hub.ts";
import { EventReaders } from "../events/event-readers.ts";
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
  /** Unix time in seconds. */
  readonly now: () => number;
}

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
  app.onError((error) => problemResponse(error));
  return { fetch: (request) => app.fetch(request) };
}

function contextOf(runs: () => readonly WebRun[], { control, version, now }: WebAppOptions): WebContext {
  const clock: HubClock = {
    now: () => now() * 1000,
    after: (delay, call) => {
      const timer = setTimeout(call, delay).unref();
      return () => clearTimeout(timer);
    },
  };
  let description: Promise<OpenApi> | undefined;
  return {
    ...{ runs, control, version, readers: new EventReaders(clock) },
    hubOf: onceForEach((run) => new EventHub(run, randomBytes(4).toString("hex"), clock)),
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

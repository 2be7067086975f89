import { type RouteMakers, routesFor } from "../http/route.ts";
import { text } from "../http/parameters.ts";
import type { WebContext } from "./web-context.ts";

/** Makes routes of this API. */
export const { json, posted, raw }: RouteMakers<WebContext> = routesFor();

/** Where all paths of runs begin. */
export const RUN_PATH = "/api/v1/runs/{id}";

/** Characters of a run's id. */
const LONGEST_ID = 256;

/** The run that a path speaks of. */
export const RUN = {
  id: text(LONGEST_ID, { description: "Id of the run, as the list of runs has it.", example: "Tasks-1f0c3a9e" }),
};

/** What is said of a path that has a run in it. */
export const RUN_PROBLEMS: Readonly<Record<number, string>> = { 404: "There is no such run here." };

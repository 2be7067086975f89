import type { Route } from "../http/route.ts";
import { EVENT_ROUTE } from "./event-route.ts";
import { GRAPH_ROUTES } from "./graph-routes.ts";
import { OUTPUT_ROUTE } from "./output-route.ts";
import { PICTURE_ROUTES } from "./picture-routes.ts";
import { REPORT_ROUTE } from "./report-route.ts";
import { ROOT_ROUTES } from "./root-routes.ts";
import { RUN_ROUTES } from "./run-routes.ts";
import { STOP_ROUTE } from "./stop-route.ts";
import { TASK_ROUTES } from "./task-routes.ts";
import type { WebContext } from "./web-context.ts";

/** All that is served. The description of the API is made of it, too. */
export const ROUTES: readonly Route<WebContext>[] = [
  ...RUN_ROUTES,
  ...TASK_ROUTES,
  OUTPUT_ROUTE,
  ...PICTURE_ROUTES,
  ...GRAPH_ROUTES,
  EVENT_ROUTE,
  REPORT_ROUTE,
  STOP_ROUTE,
  ...ROOT_ROUTES,
];

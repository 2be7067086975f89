/** What the API asks of a run. It stands with the answers, so that neither room needs the other. */
export type { InstanceQuery, WebRun } from "../api/web-run.ts";

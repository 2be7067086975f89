import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { Empty } from "../parts/states.tsx";

/** How the run does. */
export function RunPage({ run }: { readonly run: LiveRun }): JSX.Element {
  return <Empty>{run.name}</Empty>;
}

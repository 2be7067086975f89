import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { Empty } from "../parts/states.tsx";

/** The graph of a workflow. */
export function GraphPage({ run }: { readonly run: LiveRun }): JSX.Element {
  return <Empty>{run.name}</Empty>;
}

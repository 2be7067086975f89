import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { Empty } from "../parts/states.tsx";

/** Tasks, filtered by what stands in the address. */
export function TasksPage({ run }: { readonly run: LiveRun }): JSX.Element {
  return <Empty>{run.name}</Empty>;
}

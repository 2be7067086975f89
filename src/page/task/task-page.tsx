import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { Empty } from "../parts/states.tsx";

/** All that is known of a task. */
export function TaskPage({ run }: { readonly run: LiveRun; readonly task: number }): JSX.Element {
  return <Empty>{run.name}</Empty>;
}

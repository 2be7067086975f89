import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { Empty } from "../parts/states.tsx";

/** Why tasks failed: kinds of failures. */
export function FailuresPage({ run }: { readonly run: LiveRun }): JSX.Element {
  return <Empty>{run.name}</Empty>;
}

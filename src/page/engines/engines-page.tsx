import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { Empty } from "../parts/states.tsx";

/** Engines and how they do. */
export function EnginesPage({ run }: { readonly run: LiveRun }): JSX.Element {
  return <Empty>{run.name}</Empty>;
}

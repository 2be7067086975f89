import type { JSX } from "preact";
import { Loading } from "../parts/states.tsx";

/** The list of runs. */
export function RunsPage(): JSX.Element {
  return <Loading what="Reading the runs" />;
}

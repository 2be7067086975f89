import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { Panel } from "../parts/panel.tsx";
import type { Metric } from "../../web/api/answers.ts";

export interface TimeChartProps {
  readonly run: LiveRun;
  readonly metric: Metric;
  readonly title: string;
  /** Unix times; the whole run when missing. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** A series of the run over time, and the same as a table behind a button. */
export function TimeChart({ title }: TimeChartProps): JSX.Element {
  return (
    <Panel title={title}>
      <div class="chart" />
    </Panel>
  );
}

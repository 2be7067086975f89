import type { JSX } from "preact";
import { formatTime } from "../words/times.ts";
import type { Mark } from "./marks.ts";
import type { LineLook, MetricLook } from "./metric-looks.ts";
import type { ChartData } from "./series-data.ts";

/** What the lines of a chart are, with their values: under the pointer, or the newest. */
export function ChartLegend({
  chart,
  lines,
  look,
  step,
  marks,
}: {
  readonly chart: ChartData;
  readonly lines: readonly LineLook[];
  readonly look: MetricLook;
  /** The step that is pointed at. */
  readonly step: number | undefined;
  readonly marks: readonly Mark[];
}): JSX.Element {
  const at = Math.min(step ?? Infinity, chart.times.length - 1);
  const from = chart.times[at] ?? 0;
  const now = Date.now() / 1000;
  const eta = marks.find(({ tone }) => tone === "eta");
  return (
    <div class="legend">
      {lines.map(({ title, colour, isDashed }, i) => {
        const value = chart.lines[i]?.values[at] ?? null;
        return (
          <span key={title} class="legend-line">
            <span
              class={isDashed ? "legend-key dashed" : "legend-key"}
              style={{ [isDashed ? "borderColor" : "background"]: `var(${colour})` }}
              aria-hidden="true"
            />
            {title} <strong>{value === null ? "-" : look.format(value)}</strong>
          </span>
        );
      })}
      <span class="legend-time dim">
        {step === undefined ? (eta === undefined ? "" : etaWords(eta, now)) : formatTime(from, now)}
      </span>
    </div>
  );
}

function etaWords({ from, to }: Mark, now: number): string {
  return `end expected ${formatTime(from, now)} to ${formatTime(to, now)}`;
}

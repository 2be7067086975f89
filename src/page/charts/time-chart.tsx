import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { apiPath } from "../api/client.ts";
import { isStale, type LiveRun, paceOf } from "../api/live-run.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import type { Metric, SeriesDocument, TimelineDocument } from "../../web/api/answers.ts";
import { timeText } from "../state/route.ts";
import { AsTable } from "./as-table.tsx";
import { ChartLegend } from "./chart-legend.tsx";
import { ChartTable } from "./chart-table.tsx";
import { etaMark, gapMarks, type Mark } from "./marks.ts";
import { METRIC_LOOKS } from "./metric-looks.ts";
import { Plot } from "./plot.tsx";
import { chartData, stacked, tellingLines } from "./series-data.ts";
import { useWidth } from "./use-width.ts";

export interface TimeChartProps {
  readonly run: LiveRun;
  readonly metric: Metric;
  readonly title: string;
  /** Unix times; the whole run when missing. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Pixels of the picture. */
  readonly height?: number | undefined;
  /** Whether it reaches to when the run will have ended. */
  readonly hasEta?: boolean | undefined;
}

/** Pixels of a step. */
const STEP = 4;

/** Seconds between two looks at a run that goes on. */
const EVERY = 2;

/** A series of the run over time, and the same as a table behind a button. */
export function TimeChart(props: TimeChartProps): JSX.Element {
  const { run, metric, title, from, to, height = 200, hasEta = metric === "outcomes" } = props;
  const [holder, width] = useWidth<HTMLDivElement>();
  const [isTable, setTable] = useState(false);
  const [pointed, setPointed] = useState<number>();
  const [spoken, setSpoken] = useState<number>();
  const { view } = run;
  const span = {
    from: from === undefined ? undefined : timeText(from),
    to: to === undefined ? undefined : timeText(to),
  };
  // Few sizes, so that a window that is dragged larger does not ask each time.
  const points = Math.min(1000, Math.max(50, Math.ceil(width / STEP / 25) * 25));
  const path = width === 0 ? undefined : apiPath(run.id, "series");
  const { data, problem, again } = useAnswer<SeriesDocument>(path, { metric, ...span, points }, paceOf(run, EVERY));
  const gaps = useGaps(run, metric === "slots" || metric === "outcomes", span);
  const looks = METRIC_LOOKS[metric];

  const until = view.ended ?? view.now;
  const chart = useMemo(() => {
    if (data === undefined) return undefined;
    const all = chartData(data, until);
    return { ...all, lines: tellingLines(all.lines, looks.keep) };
    // The end of a living run moves all the time; the chart changes when it has been asked for.
  }, [data, looks]);
  const estimate = hasEta && to === undefined && !isStale(run) ? view.estimate : undefined;
  const begin = chart?.times[0] ?? view.started;
  const end = chart === undefined ? until : (chart.times.at(-1) ?? begin) + chart.step;
  const eta = estimate === undefined ? undefined : etaMark(estimate, begin, end);
  const last = Math.max(end, eta?.to ?? 0);
  const marks = useMemo(
    (): readonly Mark[] => [...gapMarks(gaps, (last - begin) / 200), ...(eta === undefined ? [] : [eta])],
    [gaps, eta?.from, eta?.to, begin, last],
  );
  const lines = chart?.lines.map(({ name }, i) => looks.line(name, i, view.kinds)) ?? [];
  const drawn = useMemo(() => {
    if (chart === undefined) return undefined;
    // The sum of all is painted first, and those below it over it.
    return looks.isStacked ? { ...chart, lines: stacked(chart.lines).toReversed() } : chart;
  }, [chart, looks]);
  const isEmpty = chart !== undefined && (chart.times.length === 0 || chart.lines.length === 0);

  return (
    <Panel
      title={title}
      aside={chart !== undefined && !isEmpty && <AsTable isTable={isTable} what={title} change={setTable} />}
    >
      <div ref={holder} class="chart">
        {problem !== undefined && data === undefined && <Failed problem={problem} again={again} />}
        {problem === undefined && data === undefined && <Loading what="Adding up" />}
        {isEmpty && (
          <Empty>{metric === "failures" ? "Nothing has failed in this time." : "Nothing has happened yet."}</Empty>
        )}
        {chart !== undefined && drawn !== undefined && !isEmpty && (
          <>
            <ChartLegend chart={chart} lines={lines} look={looks} step={pointed} marks={marks} />
            {isTable ? (
              <ChartTable title={title} chart={chart} lines={lines} look={looks} />
            ) : (
              <Plot
                label={`${title}, ${looks.unit}`}
                data={drawn}
                looks={looks.isStacked ? lines.toReversed() : lines}
                metric={looks}
                marks={marks}
                from={begin}
                to={last}
                height={height}
                together={run.id}
                onPoint={(step, isKey) => {
                  setPointed(step);
                  setSpoken(isKey ? step : undefined);
                }}
              />
            )}
            <span class="hidden" role="status">
              {spoken !== undefined &&
                chart.lines
                  .map(({ values }, i) => `${lines[i]?.title} ${textOf(values[spoken], looks.format)}`)
                  .join(", ")}
            </span>
          </>
        )}
      </div>
    </Panel>
  );
}

function textOf(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "unknown" : format(value);
}

const NO_GAPS: TimelineDocument["gaps"] = [];

/** Why slots were idle, and when: a timeline tells it, of which nothing else is asked. */
function useGaps(
  run: LiveRun,
  isWanted: boolean,
  span: { readonly from: string | undefined; readonly to: string | undefined },
): TimelineDocument["gaps"] {
  const path = isWanted ? apiPath(run.id, "timeline") : undefined;
  const { data } = useAnswer<TimelineDocument>(path, { ...span, px: 1, by: "node" }, paceOf(run, EVERY * 4));
  return data?.gaps ?? NO_GAPS;
}

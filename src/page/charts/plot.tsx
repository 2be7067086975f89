import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { cssColour } from "./colours.ts";
import type { Mark } from "./marks.ts";
import { type ChartData, stepAt } from "./series-data.ts";
import type { LineLook, MetricLook } from "./metric-looks.ts";
import { cssRgb, cssValue, useTheme } from "./theme.ts";
import { timeTicks } from "./time-ticks.ts";
import { useWidth } from "./use-width.ts";

export interface PlotProps {
  readonly label: string;
  /** Its lines as they are drawn: those that are stacked already are. */
  readonly data: ChartData;
  readonly looks: readonly LineLook[];
  readonly metric: MetricLook;
  readonly marks: readonly Mark[];
  readonly from: number;
  readonly to: number;
  readonly height: number;
  /** Plots with the same key show the same time under the pointer. */
  readonly together: string;
  /** Which step is pointed at; undefined for none. */
  readonly onPoint: (step: number | undefined, isKey: boolean) => void;
}

/** Pixels between marks of the time axis. */
const TICK_ROOM = 88;
const AXIS_WIDTH = 64;

/** Lines over time on a canvas. By keyboard: left and right go from step to step, Home and End to the first and the last, Escape leaves. */
export function Plot(props: PlotProps): JSX.Element {
  const { label, data, looks, metric, marks, from, to, height, together, onPoint } = props;
  const [holder, width] = useWidth<HTMLDivElement>();
  const theme = useTheme();
  const plot = useRef<uPlot | undefined>(undefined);
  const seen = useRef({ data, marks, from, to });
  seen.current = { data, marks, from, to };
  const tell = useRef(onPoint);
  tell.current = onPoint;
  const shape = looks.map(({ colour, isFilled }) => `${colour}${isFilled}`).join();

  useEffect(() => {
    const { current } = holder;
    if (current === null || width === 0) return undefined;
    const made = new uPlot(
      optionsOf({ looks, metric, width, height, together, seen, point: (step) => tell.current(step, false) }),
      alignedData(seen.current.data),
      current,
    );
    plot.current = made;
    return () => {
      plot.current = undefined;
      made.destroy();
    };
    // A plot is made anew when it looks different; what it shows is changed below.
  }, [width > 0, theme, shape, metric, height, together]);
  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);
  useEffect(() => {
    plot.current?.setData(alignedData(data), true);
  }, [data, marks, from, to]);

  const press = (event: KeyboardEvent): void => {
    const { current } = plot;
    const { times } = data;
    if (current === undefined || times.length === 0) return;
    const at = current.cursor.idx ?? undefined;
    const next = stepAfterKey(event.key, at, times.length);
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0) {
      current.setCursor({ left: -10, top: -10 });
      onPoint(undefined, true);
      return;
    }
    const left = current.valToPos((times[next] ?? 0) + data.step / 2, "x");
    current.setCursor({ left, top: current.over.clientHeight / 2 });
    onPoint(next, true);
  };

  return (
    <div
      class="plot"
      ref={holder}
      tabIndex={0}
      role="group"
      aria-roledescription="chart"
      aria-label={`${label}. Left and right arrows read it step by step.`}
      style={{ height: `${height}px` }}
      onKeyDown={press}
    />
  );
}

/** The step that a key goes to; -1: to none. Undefined where the key is none of these. */
function stepAfterKey(key: string, at: number | undefined, count: number): number | undefined {
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, (at ?? count) - 1);
    case "ArrowRight":
      return Math.min(count - 1, (at ?? -1) + 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    case "Escape":
      return at === undefined ? undefined : -1;
    default:
      return undefined;
  }
}

/** Values as uPlot wants them. The last one is there twice, so that the last step has an end. */
function alignedData({ times, step, lines }: ChartData): uPlot.AlignedData {
  const last = times.at(-1);
  if (last === undefined) return [[], ...lines.map(() => [])];
  return [[...times, last + step], ...lines.map(({ values }) => [...values, values.at(-1) ?? null])];
}

interface Making {
  readonly looks: readonly LineLook[];
  readonly metric: MetricLook;
  readonly width: number;
  readonly height: number;
  readonly together: string;
  readonly seen: { readonly current: Pick<PlotProps, "data" | "marks" | "from" | "to"> };
  readonly point: (step: number | undefined) => void;
}

function optionsOf({ looks, metric, width, height, together, seen, point }: Making): uPlot.Options {
  const { stepped } = uPlot.paths;
  const paths = stepped?.({ align: 1 });
  const axis = {
    stroke: cssValue("--dim"),
    font: `12px ${cssValue("--font")}`,
    grid: { stroke: cssValue("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    legend: { show: false },
    padding: [18, 12, 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      sync: { key: together, setSeries: false },
    },
    scales: {
      x: { time: true, range: () => [seen.current.from, seen.current.to] },
      y: metric.isLog ? { distr: 3, log: 10 } : { range: (_u, _min, max) => [0, max > 0 ? max * 1.06 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        splits: (_u, _axis, min, max) =>
          timeTicks(min, max, Math.max(1, Math.floor((width - AXIS_WIDTH) / TICK_ROOM))).map(({ at }) => at),
        values: (u, splits) => {
          const labels = timeTicks(
            u.scales["x"]?.min ?? 0,
            u.scales["x"]?.max ?? 0,
            Math.max(1, Math.floor((width - AXIS_WIDTH) / TICK_ROOM)),
          );
          return splits.map((at) => labels.find((tick) => tick.at === at)?.label ?? "");
        },
      },
      {
        ...axis,
        size: AXIS_WIDTH,
        space: 32,
        values: (_u, splits) => splits.map((value) => (value === null ? "" : metric.format(value))),
      },
    ],
    series: [
      {},
      ...looks.map(({ title, colour, isFilled, isDashed }): uPlot.Series => {
        const stroke = cssValue(colour);
        return {
          label: title,
          stroke,
          width: isFilled ? 1 : 2,
          points: { show: false },
          spanGaps: false,
          ...(paths === undefined ? {} : { paths }),
          ...(isFilled ? { fill: stroke } : {}),
          ...(isDashed ? { dash: [6, 4] } : {}),
        };
      }),
    ],
    hooks: {
      drawClear: [(u) => drawMarks(u, seen.current.marks)],
      setCursor: [
        (u) => {
          const { left } = u.cursor;
          const { data } = seen.current;
          const isInside = left !== undefined && left >= 0 && data.times.length > 0;
          const at = isInside ? u.posToVal(left, "x") : Number.NaN;
          const end = (data.times.at(-1) ?? 0) + data.step;
          point(isInside && at <= end ? stepAt(data, at) : undefined);
        },
      ],
    },
  };
}

/** Bands behind the lines, with their names above. */
function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px ${cssValue("--font")}`;
  ctx.textBaseline = "alphabetic";
  let free = -Infinity;
  for (const { from, to, label, tone } of marks) {
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
    if (right <= left) continue;
    const colour = tone === "gap" ? "--warn" : "--accent";
    ctx.fillStyle = cssColour(cssRgb(colour), 0.14);
    ctx.fillRect(left, bbox.top, Math.max(ratio, right - left), bbox.height);
    const width = ctx.measureText(label).width;
    const at = Math.min(Math.max(bbox.left, (left + right - width) / 2), bbox.left + bbox.width - width);
    if (at < free) continue;
    ctx.fillStyle = cssValue(colour);
    ctx.fillText(label, at, bbox.top - 5 * ratio);
    free = at + width + 8 * ratio;
  }
  ctx.restore();
}

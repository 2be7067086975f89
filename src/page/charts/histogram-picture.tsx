import type { JSX } from "preact";
import { formatShare } from "../words/numbers.ts";
import { formatSpan } from "../words/times.ts";
import { type Bin, spanTicks } from "./histogram-data.ts";
import { useWidth } from "./use-width.ts";

const HEIGHT = 168;
const FOOT = 24;
const SIDE = 40;

/** Bars over a logarithmic axis of seconds, those of a node beside those of all, and the cumulated share as a line. */
export function HistogramPicture({
  label,
  bins,
  ofNode,
}: {
  readonly label: string;
  readonly bins: readonly Bin[];
  readonly ofNode: readonly Bin[] | undefined;
}): JSX.Element {
  const [holder, width] = useWidth<HTMLDivElement>();
  const room = Math.max(1, width - SIDE);
  const step = room / Math.max(1, bins.length);
  const [first, last] = [bins[0]?.from ?? 1, bins.at(-1)?.to ?? 1];
  const whole = shares(bins);
  const node = ofNode === undefined ? undefined : shares(ofNode);
  const most = Math.max(...whole, ...(node ?? []), 1e-9);
  const x = (at: number): number => (Math.log(at / first) / Math.log(last / first)) * room;
  const y = (share: number): number => (HEIGHT - FOOT - 8) * (1 - share) + 8;
  const bar = (share: number, i: number, part: number, parts: number): string => {
    const left = i * step + (step * part) / parts;
    const top = Math.min(y(share / most), share > 0 ? y(0) - 1 : y(0));
    const wide = Math.max(0.5, step / parts - (step > 6 ? 1 : 0));
    return `M${left.toFixed(2)} ${y(0)}V${top.toFixed(2)}h${wide.toFixed(2)}V${y(0)}Z`;
  };
  const parts = node === undefined ? 1 : 2;
  const line = bins
    .map(({ upTo }, i) => `${i === 0 ? `M0 ${y(0)}` : ""}L${((i + 1) * step).toFixed(2)} ${y(upTo).toFixed(2)}`)
    .join("");
  return (
    <div ref={holder} class="histogram">
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={label}>
          {[0.5, 0.95, 1].map((share) => (
            <g key={share}>
              <line class="grid-line" x1={0} x2={room} y1={y(share)} y2={y(share)} />
              <text x={room + 6} y={y(share) + (share === 1 ? 2 : share === 0.95 ? 12 : 4)}>
                {formatShare(share, 1)}
              </text>
            </g>
          ))}
          <path class="bars-all" d={whole.map((share, i) => bar(share, i, 0, parts)).join("")} />
          {node !== undefined && (
            <path class="bars-node" d={node.map((share, i) => bar(share, i, 1, parts)).join("")} />
          )}
          <path class="up-to" d={line} />
          <line class="axis-line" x1={0} x2={room} y1={y(0)} y2={y(0)} />
          {spanTicks(first, last).map((at) => (
            <g key={at}>
              <line class="axis-line" x1={x(at)} x2={x(at)} y1={y(0)} y2={y(0) + 4} />
              <text x={x(at)} y={HEIGHT - 4} text-anchor={x(at) < 16 ? "start" : x(at) > room - 16 ? "end" : "middle"}>
                {formatSpan(at)}
              </text>
            </g>
          ))}
          {bins.map(({ from, to, count, upTo }, i) => (
            <rect key={from} class="hit" x={i * step} y={0} width={step} height={y(0)}>
              <title>{`${formatSpan(from)} to ${formatSpan(to)}: ${count} tasks; ${formatShare(upTo, 1)} took at most so long`}</title>
            </rect>
          ))}
        </svg>
      )}
    </div>
  );
}

/** Shares of all, so that a node of a few tasks can be held against the rest. */
function shares(bins: readonly Bin[]): number[] {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.map(({ count }) => (total === 0 ? 0 : count / total));
}

import { number, text } from "./markup.ts";

/** Height of a plot in its own units; a unit of its width is a step. */
const HEIGHT = 100;
/** What is there at all is drawn at least so high. */
const VISIBLE = 2;

/** A line of values, a step each. */
export interface PlotArea {
  readonly values: readonly number[];
  /** Class that colours it. */
  readonly look: string;
}

/** How a picture is framed. */
interface Frame {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** What is counted to the top. */
  readonly top: number;
  /** Texts below, from left to right. */
  readonly axis: readonly string[];
  /** Colours and their meaning. */
  readonly legend: readonly (readonly [look: string, meaning: string])[];
}

/** Areas in front of each other, the first at the back, with a text to each step. @param more markup of the same width below the plot. */
export function plot(areas: readonly PlotArea[], frame: Frame, titles: readonly string[], more = ""): string {
  const { label, top, axis, legend } = frame;
  const width = titles.length;
  const paths = areas.map(({ values, look }) => `<path class=${look} d="${areaPath(values, top)}"/>`);
  const hints = titles.map((title, at) => {
    return `<rect class=hint x=${at} width=1 height=${HEIGHT}><title>${text(title)}</title></rect>`;
  });
  const svg = `<svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio=none role=img aria-label="${text(label)}">
<path class=grid d="M0 0H${width}M0 ${HEIGHT / 2}H${width}M0 ${HEIGHT}H${width}"/>${paths.join("")}${hints.join("")}</svg>`;
  // Half of an odd number is no count.
  const middle = top % 2 === 0 ? number(top / 2) : "";
  const scale = `<div class=scale aria-hidden=true><span>${number(top)}</span><span>${middle}</span><span>0</span></div>`;
  const below = `<div class=axis aria-hidden=true>${axis.map((one) => `<span>${text(one)}</span>`).join("")}</div>`;
  const keys = legend.map(([look, meaning]) => `<li><i class="key ${look}"></i>${text(meaning)}`).join("");
  return `<figure><ul class=legend>${keys}</ul><div class=plot>${scale}<div class=canvas>${svg}</div><div></div><div>${more}${below}</div></div></figure>`;
}

/** An area as steps: what is 0 draws nothing, what is not is seen. */
function areaPath(values: readonly number[], top: number): string {
  const heights = values.map((value) => heightOf(value, top));
  const parts = [`M0 ${HEIGHT}`];
  let at = HEIGHT;
  for (const [x, height] of heights.entries()) {
    const y = HEIGHT - height;
    if (y === at) continue;
    parts.push(`H${x}V${round(y)}`);
    at = y;
  }
  return `${parts.join("")}H${values.length}V${HEIGHT}z`;
}

function heightOf(value: number, top: number): number {
  if (!(value > 0) || !(top > 0)) return 0;
  return Math.min(HEIGHT, Math.max(VISIBLE, (value / top) * HEIGHT));
}

/** A line that goes up to the top, over bars of the same number. */
export function risingLine(shares: readonly number[]): string {
  const points = shares.map((share, at) => `${at === 0 ? "M0 100L" : ""}${at + 1} ${round(HEIGHT * (1 - share))}`);
  return `<path class=rising d="${points.join(" ")}"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The smallest round number that is not below. */
export function roundTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10) * power;
}

/** Which span of time the slots picture shows, and how it changes. Unix times in seconds. Pure. */

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Nothing shorter is shown: tasks have their times to the millisecond. */
const SHORTEST = 0.05;

export function lengthOf({ from, to }: Span): number {
  return to - from;
}

/** A span that lies inside the whole, as long as it can be. */
export function clampSpan({ from, to }: Span, whole: Span): Span {
  const most = Math.max(lengthOf(whole), SHORTEST);
  const length = Math.min(most, Math.max(SHORTEST, to - from));
  const start = Math.min(Math.max(from, whole.from), whole.from + most - length);
  return { from: start, to: start + length };
}

/** The span `factor` times as long, with the time `at` where it was. */
export function zoomAround(span: Span, whole: Span, at: number, factor: number): Span {
  const length = Math.min(Math.max(lengthOf(span) * factor, SHORTEST), Math.max(lengthOf(whole), SHORTEST));
  const share = lengthOf(span) > 0 ? (at - span.from) / lengthOf(span) : 0.5;
  const from = at - share * length;
  return clampSpan({ from, to: from + length }, whole);
}

/** The span moved by so many seconds, as far as it goes. */
export function pan(span: Span, whole: Span, seconds: number): Span {
  return clampSpan({ from: span.from + seconds, to: span.to + seconds }, whole);
}

/** Whether nearly all there is can be seen. */
export function isWhole(span: Span, whole: Span): boolean {
  return lengthOf(span) >= lengthOf(whole) * 0.999;
}

/** The span that an address asks for; the whole when it asks for none, or for nonsense. */
export function spanFrom(from: string | null, to: string | null, whole: Span): Span {
  const [first, last] = [from, to].map((text) => (text === null || text === "" ? Number.NaN : Number(text)));
  if (first === undefined || last === undefined || !(last > first)) return whole;
  return clampSpan({ from: first, to: last }, whole);
}

export interface Asked extends Span {
  /** Cells of a lane. */
  readonly px: number;
}

/**
 * What to ask the server for when this is seen on so many pixels: half as much again on either side, so that a short move shows nothing
 * empty, on a grid, so that short moves ask for the same, and so does a run that has gone on a little.
 *
 * @param most cells of a lane that the server makes at most
 */
export function askFor(seen: Span, whole: Span, pixels: number, most: number): Asked {
  const length = lengthOf(seen);
  const grid = 2 ** Math.floor(Math.log2(length / 4));
  const from = Math.max(whole.from, Math.floor((seen.from - length / 2) / grid) * grid);
  const to = Math.ceil(Math.min(whole.to, seen.to + length / 2) / grid) * grid;
  return { from, to, px: Math.max(1, Math.min(most, Math.round((pixels * (to - from)) / length))) };
}

/** What a key does to the span; undefined where it does nothing. */
export function spanAfterKey(key: string, span: Span, whole: Span): Span | undefined {
  const middle = (span.from + span.to) / 2;
  const step = lengthOf(span) / 8;
  switch (key) {
    case "ArrowLeft":
      return pan(span, whole, -step);
    case "ArrowRight":
      return pan(span, whole, step);
    case "+":
    case "=":
      return zoomAround(span, whole, middle, 0.5);
    case "-":
    case "_":
      return zoomAround(span, whole, middle, 2);
    case "Home":
    case "0":
      return whole;
    case "End":
      return pan(span, whole, lengthOf(whole));
    default:
      return undefined;
  }
}

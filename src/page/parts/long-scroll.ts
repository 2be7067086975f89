/** Scrolling through more rows than a browser has pixels for: it draws elements of some ten million pixels at most. */

/** Pixels that are drawn at most. */
export const MOST_PIXELS = 8_000_000;

export interface LongScroll {
  /** Pixels that the element is scrolled by. */
  readonly top: number;
  /** How many more of the whole list lie above. */
  readonly shift: number;
}

export interface ScrollSize {
  /** Pixels of all rows. */
  readonly whole: number;
  /** Pixels in sight. */
  readonly height: number;
}

export const NOT_SCROLLED: LongScroll = { top: 0, shift: 0 };

/** Pixels that the element has for its rows. */
export function drawnPixels(whole: number): number {
  return Math.min(whole, MOST_PIXELS);
}

/** Pixels of the whole list above what is in sight. */
export function positionOf({ top, shift }: LongScroll): number {
  return top + shift;
}

/** After the element was scrolled. A short way is as long in the list; a long one, by the bar, is the share of it. */
export function afterScroll(before: LongScroll, top: number, size: ScrollSize): LongScroll {
  const { whole, height } = size;
  if (whole <= MOST_PIXELS) return { top, shift: 0 };
  const mostTop = MOST_PIXELS - height;
  const most = whole - height;
  if (top <= 0) return NOT_SCROLLED;
  if (top >= mostTop - 1) return { top, shift: most - top };
  const isShort = Math.abs(top - before.top) <= height * 2;
  const position = isShort ? positionOf({ top, shift: before.shift }) : (top / mostTop) * most;
  return { top, shift: Math.max(0, Math.min(most, position)) - top };
}

/** How the element is to be scrolled so that this much of the list lies above. The bar shows the share of it. */
export function scrolledTo(position: number, { whole, height }: ScrollSize): LongScroll {
  const most = Math.max(0, whole - height);
  const wanted = Math.max(0, Math.min(most, Math.round(position)));
  if (whole <= MOST_PIXELS) return { top: wanted, shift: 0 };
  // Ends of the bar stand for ends of the list alone.
  const share = Math.round((wanted / most) * (MOST_PIXELS - height));
  const top =
    wanted === 0 ? 0 : wanted === most ? MOST_PIXELS - height : Math.max(1, Math.min(MOST_PIXELS - height - 2, share));
  return { top, shift: wanted - top };
}

/** Lanes of the slots picture and pixels of its height. Pure. */

export interface LaneLayout {
  /** Pixels of a lane, with the line below it. */
  readonly lane: number;
  /** Pixels of all lanes. */
  readonly all: number;
  /** Pixels in sight. */
  readonly height: number;
}

/** Pixels in which the name of a lane has room. */
export const LABEL_ROOM = 12;
const LEAST = 2;
const MOST = 28;

/** Lanes as high as fits, and at least high enough to be pointed at; what has no room is scrolled to. */
export function laneLayout(lanes: number, room: number): LaneLayout {
  const lane = Math.max(LEAST, Math.min(MOST, Math.floor(room / Math.max(1, lanes))));
  const all = lane * lanes;
  return { lane, all, height: Math.min(all, Math.max(room, lane)) };
}

/** The furthest that lanes can be scrolled, in pixels. */
export function lastTop({ all, height }: LaneLayout): number {
  return Math.max(0, all - height);
}

export function clampTop(top: number, layout: LaneLayout): number {
  return Math.max(0, Math.min(lastTop(layout), top));
}

/** The lane at a height; undefined where none is. `y`: pixels from the top of what is in sight. */
export function laneAt(y: number, top: number, { lane, all }: LaneLayout): number | undefined {
  const at = y + top;
  return at < 0 || at >= all ? undefined : Math.floor(at / lane);
}

/** Lanes in sight: from `first` to before `end`. */
export function lanesInSight(
  top: number,
  { lane, all, height }: LaneLayout,
): { readonly first: number; readonly end: number } {
  return { first: Math.floor(top / lane), end: Math.min(all / lane, Math.ceil((top + height) / lane)) };
}

export interface LaneLabel {
  readonly name: string;
  /** The lane in whose middle it stands, which may be between two. */
  readonly at: number;
}

/**
 * Names beside the lanes in sight. Lanes of slots that have no room for a name each are named by their node, once for all of them; where that is
 * too much, by each so many.
 */
export function laneLabels(
  lanes: readonly { readonly node: string; readonly slot?: number | undefined }[],
  sight: { readonly first: number; readonly end: number },
  lane: number,
): LaneLabel[] {
  const labels: LaneLabel[] = [];
  let last = -Infinity;
  const put = (name: string, at: number): void => {
    if ((at - last) * lane < LABEL_ROOM) return;
    labels.push({ name, at });
    last = at;
  };
  for (let i = sight.first; i < sight.end;) {
    const { node = "", slot } = lanes[i] ?? {};
    let end = i + 1;
    if (slot !== undefined && lane < LABEL_ROOM) while (end < sight.end && lanes[end]?.node === node) end++;
    put(slot === undefined || lane < LABEL_ROOM ? node : `${node} ${slot}`, (i + end - 1) / 2);
    i = end;
  }
  return labels;
}

/** How far to scroll so that a lane is in sight, from where it is now. */
export function topFor(at: number, top: number, { lane, height }: LaneLayout): number {
  return Math.max(lane * (at + 1) - height, Math.min(top, lane * at));
}

/** Pixels beside the lanes for their names: as many as the longest one needs, in `letters`, within bounds. */
export function sideFor(letters: number, width: number): number {
  return Math.round(Math.max(48, Math.min(width < 560 ? 80 : 128, letters * 7 + 20)));
}

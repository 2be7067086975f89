/** Tasks that run, the first to end first: a binary heap. */
export class Ends {
  readonly #times: number[] = [];
  readonly #ids: number[] = [];

  get size(): number {
    return this.#ids.length;
  }

  push(time: number, id: number): void {
    const [times, ids] = [this.#times, this.#ids];
    let at = ids.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((times[above] ?? 0) <= time) break;
      times[at] = times[above] ?? 0;
      ids[at] = ids[above] ?? 0;
      at = above;
    }
    times[at] = time;
    ids[at] = id;
  }

  /** Takes out the first one. */
  pop(): { readonly time: number; readonly id: number } {
    const [times, ids] = [this.#times, this.#ids];
    const first = { time: times[0] ?? 0, id: ids[0] ?? -1 };
    const time = times.pop() ?? 0;
    const id = ids.pop() ?? -1;
    const count = ids.length;
    if (count === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= count) break;
      if (below + 1 < count && (times[below + 1] ?? 0) < (times[below] ?? 0)) below++;
      if ((times[below] ?? 0) >= time) break;
      times[at] = times[below] ?? 0;
      ids[at] = ids[below] ?? 0;
      at = below;
    }
    times[at] = time;
    ids[at] = id;
    return first;
  }
}

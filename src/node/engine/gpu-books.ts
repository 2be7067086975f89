/** A GPU that an engine deals out. */
export interface Gpu {
  /** What programs call it. */
  readonly id: string;
  /** Slots whose tasks see it when they have not said how many GPUs they need. None where all see all, or it is left over. */
  readonly slots: readonly number[];
  /** Only the processes of its slot can use it, which may call it what others call theirs. */
  readonly isFixed: boolean;
}

/** Which GPUs are free. One that a task has asked for is its own; those of a slot are shared by the tasks of their slots. */
export class GpuBooks {
  readonly #gpus: readonly Gpu[];
  /** By GPU: how many tasks see it because of their slot. */
  readonly #seen: number[];
  /** By GPU: whether a task has it that asked for one. */
  readonly #given: boolean[];

  constructor(gpus: readonly Gpu[]) {
    this.#gpus = gpus;
    this.#seen = gpus.map(() => 0);
    this.#given = gpus.map(() => false);
  }

  /** Whether a task in this slot could have so many for itself; 0 for what belongs to the slot. */
  suffice(wanted: number, slot: number): boolean {
    if (wanted === 0) return this.#gpus.every(({ slots }, gpu) => !slots.includes(slot) || this.#given[gpu] !== true);
    return this.#freeIn(slot).length >= wanted;
  }

  /** Whether one of the slot's own is free. */
  hasOwn(slot: number): boolean {
    return this.#freeIn(slot).some((gpu) => this.#gpus[gpu]?.slots.includes(slot));
  }

  /** Takes so many, which suffice: the slot's own first, then those of no slot. @returns their places in the list. */
  take(wanted: number, slot: number): number[] {
    const rank = (gpu: number): number => {
      const slots = this.#gpus[gpu]?.slots ?? [];
      if (slots.includes(slot)) return 0;
      return slots.length === 0 ? 1 : 2;
    };
    const taken = this.#freeIn(slot)
      .toSorted((a, b) => rank(a) - rank(b))
      .slice(0, wanted);
    for (const gpu of taken) this.#given[gpu] = true;
    return taken.toSorted((a, b) => a - b);
  }

  /** The tasks of the slot see what belongs to it, one task more or one less. */
  see(slot: number, change: 1 | -1): void {
    for (const [gpu, { slots }] of this.#gpus.entries()) {
      if (slots.includes(slot)) this.#seen[gpu] = (this.#seen[gpu] ?? 0) + change;
    }
  }

  giveBack(gpus: readonly number[]): void {
    for (const gpu of gpus) this.#given[gpu] = false;
  }

  idsOf(gpus: readonly number[]): string[] {
    return gpus.map((gpu) => this.#gpus[gpu]?.id ?? "");
  }

  #freeIn(slot: number): number[] {
    return [...this.#gpus.keys()].filter((gpu) => {
      const { slots = [], isFixed = false } = this.#gpus[gpu] ?? {};
      return this.#given[gpu] !== true && this.#seen[gpu] === 0 && (!isFixed || slots.includes(slot));
    });
  }
}

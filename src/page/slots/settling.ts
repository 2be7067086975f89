/** Milliseconds after the last of several moves until somebody is taken to have come to rest. */
const SETTLED = 120;

/** Tells of a move at once, and of those that follow closely only when they have come to rest: a key is answered soon, a drag once. */
export class Settling<T> {
  readonly #tell: (last: T) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #untold: { readonly move: T } | undefined;

  constructor(tell: (last: T) => void) {
    this.#tell = tell;
  }

  /** Whether the last move may not be told yet. */
  get isMoving(): boolean {
    return this.#timer !== undefined;
  }

  move(to: T): void {
    if (this.isMoving) this.#untold = { move: to };
    else this.#tell(to);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(), SETTLED);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#untold = undefined;
  }

  #rest(): void {
    const untold = this.#untold;
    this.close();
    if (untold !== undefined) this.#tell(untold.move);
  }
}

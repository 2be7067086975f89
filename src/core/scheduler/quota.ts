/** How many tasks the engines of one context may take between them. */
export class Quota {
  /** Tasks that may still be taken. */
  left: number;
  /** Tasks that are taken and not settled; some may be given back. */
  held = 0;

  constructor(limit: number) {
    this.left = limit;
  }

  /** Whether nothing more is to be had, whatever happens. */
  get isUsedUp(): boolean {
    return this.left <= 0 && this.held === 0;
  }
}

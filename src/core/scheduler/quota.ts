/** How many tasks the engines of one context may take between them. */
export class Quota {
  /** So many more. */
  left: number;
  /** Taken and not settled; some may be given back. */
  held = 0;

  constructor(limit: number) {
    this.left = limit;
  }

  /** Nothing more is to be had, whatever happens. */
  get isUsedUp(): boolean {
    return this.left <= 0 && this.held === 0;
  }
}

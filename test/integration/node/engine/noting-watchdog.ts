import type { TaskWatchdog } from "../../../../src/node/engine/engine-options.ts";

/** A watchdog that ends nothing and takes note of what it is told. */
export class NotingWatchdog implements TaskWatchdog {
  /** What it was told, in order: seconds on the boot clock, or that there is no deadline. */
  readonly told: (number | "forever")[] = [];
  closed = false;
  hasActed = false;

  keepUntil(bootSeconds: number): void {
    this.told.push(bootSeconds);
  }

  keepForever(): void {
    this.told.push("forever");
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

import type { TaskWatchdog } from "./engine-options.ts";
import type { SlotHandle } from "./slot-handle.ts";

/** A watchdog and the slot processes, which are told of the same deadline: each can end what it has started itself. */
export class SharedDeadline implements TaskWatchdog {
  readonly #watchdog: TaskWatchdog;
  readonly #processes: ReadonlyMap<number, Pick<SlotHandle, "keepUntil">>;

  constructor(watchdog: TaskWatchdog, processes: ReadonlyMap<number, Pick<SlotHandle, "keepUntil">>) {
    this.#watchdog = watchdog;
    this.#processes = processes;
  }

  keepUntil(bootSeconds: number): void {
    this.#watchdog.keepUntil(bootSeconds);
    for (const process of this.#processes.values()) process.keepUntil(bootSeconds);
  }

  keepForever(): void {
    this.#watchdog.keepForever();
    for (const process of this.#processes.values()) process.keepUntil();
  }

  get hasActed(): boolean {
    return this.#watchdog.hasActed;
  }

  close(): Promise<void> {
    return this.#watchdog.close();
  }
}

import { constants, openSync } from "node:fs";
import { errnoNumber, errnoText } from "../../domain/system-error.ts";
import { isPassing } from "./backoff.ts";
import { Capture, type CaptureFolder } from "./capture.ts";

/** The least time between two looks whether there is room, in milliseconds. */
const LOOK_MS = 20;

/**
 * Where capture files are made: in the first of some folders that has room. A task whose output finds no room fails of
 * that. A folder is therefore left before it is full, and where no folder has room output is thrown away.
 */
export class CapturePlaces {
  readonly #folders: readonly CaptureFolder[];
  readonly #warn: (message: string) => void;
  readonly #said = new Set<string>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Number of the folder in use; beyond the last one there is none. */
  #current = 0;

  /** @param warn told once, in one line, of each place that has to do instead of another. */
  constructor(folders: readonly CaptureFolder[], warn: (message: string) => void) {
    this.#folders = folders;
    this.#warn = warn;
  }

  /** Number of the place that files are made in now. */
  get current(): number {
    return this.#current;
  }

  /** A fresh, empty file. @throws the system's error when it is short of descriptors or memory, which may pass. */
  open(): Capture {
    for (;;) {
      const folder = this.#folders[this.#current];
      if (folder === undefined) return new Capture(openSync("/dev/null", constants.O_RDWR | constants.O_APPEND));
      try {
        return folder.open();
      } catch (error) {
        if (isPassing(errnoNumber(error) ?? 0)) throw error;
        this.#moveTo(this.#current + 1, errnoText(error));
      }
    }
  }

  /** Whether what is written to files of this place is thrown away. */
  isNowhere(place: number): boolean {
    return this.#folders[place] === undefined;
  }

  /** Takes the first folder that has room, unless it has done so a moment ago. */
  look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const found = this.#folders.findIndex((folder) => folder.room() === "enough");
    this.#moveTo(found < 0 ? this.#folders.length : found, "it has hardly any space, or cannot be used");
  }

  /** A task that wrote into files of this place has failed. @returns in one line that the place may be why, if so. */
  blamed(place: number): string | undefined {
    const folder = this.#folders[place];
    if (folder?.room() !== "none") return undefined;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.look();
    return `no space was left in ${folder.path}, where what it printed was kept; it may have failed of that`;
  }

  #moveTo(place: number, why: string): void {
    const before = this.#folders[0]?.path;
    if (place > this.#current) {
      const instead = this.#folders[place]?.path;
      const now = instead === undefined ? "it is thrown away, uncounted" : `it is kept in ${instead}`;
      this.#say(`what tasks print cannot be kept in ${before}: ${why}; ${now}`);
    }
    this.#current = place;
  }

  #say(message: string): void {
    if (this.#said.has(message)) return;
    this.#said.add(message);
    this.#warn(message);
  }
}

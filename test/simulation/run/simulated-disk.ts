import { closeSync, statSync, truncateSync, writeSync } from "node:fs";
import { Ledger, type LedgerIo } from "../../../src/records/ledger/ledger.ts";
import type { Random } from "../world/random.ts";

interface File {
  fd: number | undefined;
  size: number;
  /** So much of it outlives the loss of power for sure. */
  synced: number;
}

/**
 * What the driver's host keeps. Ledgers write into real files; what has been written and not synced may be gone when the power
 * fails.
 */
export class SimulatedDisk {
  readonly #files = new Map<string, File>();
  readonly #random: Random;
  readonly #later: (milliseconds: number, action: () => void) => void;

  /** @param later has something happen to the process whose code runs. */
  constructor(random: Random, later: (milliseconds: number, action: () => void) => void) {
    this.#random = random;
    this.#later = later;
  }

  /** A ledger on this disk: a new file, or one that is gone on with. */
  open(path: string, isNew: boolean): Ledger {
    const size = isNew ? 0 : statSync(path).size;
    const file: File = { fd: undefined, size, synced: size };
    this.#files.set(path, file);
    const io: LedgerIo = {
      writeSync: (fd, bytes, offset, length) => {
        file.fd = fd;
        const count = writeSync(fd, bytes, offset, length);
        file.size += count;
        return count;
      },
      fdatasync: (_fd, done) => {
        const { size: soFar } = file;
        this.#later(this.#random.spread(0.1, 100), () => {
          file.synced = Math.max(file.synced, soFar);
          done(null);
        });
      },
    };
    return isNew ? Ledger.create(path, io) : Ledger.append(path, { io });
  }

  /** The program has closed a file as it should. */
  closed(path: string): void {
    this.#files.delete(path);
  }

  /** The program is gone, and so is what it had not written. @param powerLost and perhaps what had not been synced. */
  abandon(powerLost: boolean): void {
    for (const [path, { fd, size, synced }] of this.#files) {
      if (fd !== undefined) closeSync(fd);
      if (powerLost) truncateSync(path, this.#random.whole(synced, size));
    }
    this.#files.clear();
  }
}

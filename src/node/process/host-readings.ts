import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";

const KIBI = 1024;

/** What a host tells of itself. */
export interface HostReadings {
  readonly cores: number;
  /** The load average of the last minute. */
  load(): number;
  /** Bytes of memory that can be had without swapping; undefined where the system does not say. */
  availableMemory(): number | undefined;
}

/** This host. */
export const hostReadings: HostReadings = {
  cores: availableParallelism(),
  load: () => loadavg()[0] ?? 0,
  availableMemory: () => {
    try {
      const kibibytes = /^MemAvailable:\s*([0-9]+) kB/m.exec(readFileSync("/proc/meminfo", "latin1"))?.[1];
      return kibibytes === undefined ? undefined : Number(kibibytes) * KIBI;
    } catch {
      return undefined;
    }
  },
};

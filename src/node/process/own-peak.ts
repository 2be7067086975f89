import { residentOf } from "./proc-files.ts";

/** The system counts memory roughly while it is busy: what is within this part more may be the same. */
const DOUBT = 1.125;

/**
 * Tells whose memory it is that the system reports of a child. Until a child has its own program it runs in the memory of the process
 * that starts it, and the most that this one has ever held counts as the child's. What is larger is the child's own.
 */
export class OwnPeak {
  #most = 0;

  /** The most that the child has held itself; undefined when that is no more than this process has held. @param peak bytes. */
  of(peak: number): number | undefined {
    if (peak <= this.#most * DOUBT) return undefined;
    this.#most = residentOf("/proc", process.pid).most;
    return peak <= this.#most * DOUBT ? undefined : peak;
  }
}

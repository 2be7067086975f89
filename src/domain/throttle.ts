/** A load average: processes that want to run at the same time. */
export interface MaxLoad {
  readonly most: number;
  /** `most` counts for each core of the host. */
  readonly ofCores: boolean;
}

/** When engines hold back tasks that they could start. */
export interface ThrottleTerms {
  /** Seconds between two starts on each engine. */
  readonly delay?: number | undefined;
  readonly maxLoad?: MaxLoad | undefined;
  /** Bytes. */
  readonly minFreeMemory?: number | undefined;
}

/** An instance: which template, and which of its instances. Never kept for each instance: numbers are. */
export interface Instance {
  /** Position of the template in the workflow. */
  readonly template: number;
  /** Position of the instance within its template, from 0. It stays when axes grow. */
  readonly index: number;
}

/** Positions of a template, one after another. Some of them may have no instance: ask `Graph.has`. */
export interface InstanceRange {
  readonly template: number;
  /** The first index. */
  readonly from: number;
  /** The index behind the last one. */
  readonly to: number;
}

/** Which values are meant, by dimension of a template's instances: undefined for any. Values need not be there yet. */
export type Pattern = ReadonlyArray<readonly string[] | undefined>;

/** An instance: which template, and which of its instances. Never kept for each instance: numbers are. */
export interface Instance {
  /** Position of the template in the workflow. */
  readonly template: number;
  /** Position of the instance within its template, from 0. It stays when axes grow. */
  readonly index: number;
}

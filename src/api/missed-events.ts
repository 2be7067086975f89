/** In the place of events that a reader has not taken in time. */
export interface MissedEvents {
  readonly type: "events-missed";
  /** Time of the last one that was dropped. */
  readonly time: number;
  readonly count: number;
}

/** What the server takes from whoever calls. All times are milliseconds. */
export interface ServerLimits {
  /** Connections at a time. Ten browsers with six connections each, readers of events and scrapers need fewer. */
  readonly connections: number;
  /** Until the head of a request is there: a browser sends it at once. */
  readonly headMs: number;
  /** Until all of a request is there. */
  readonly requestMs: number;
  /** Between two requests on a connection. */
  readonly idleMs: number;
  /** Until some of what was written has been taken. It bounds what a reader costs who has stopped to read. */
  readonly stalledMs: number;
  /** How often connections are looked at. */
  readonly checkMs: number;
}

export const LIMITS: ServerLimits = {
  connections: 256,
  headMs: 10_000,
  requestMs: 20_000,
  idleMs: 15_000,
  stalledMs: 30_000,
  checkMs: 1000,
};

/** The most that a request's first line and its headers may have. Bytes. */
export const MOST_HEAD_BYTES = 16 * 1024;
/** The most that a path with its query may have. Characters. The longest that the page makes has a filter of some hundred characters. */
export const LONGEST_TARGET = 4096;
/** The most that may be posted. Bytes; the largest list of tasks to be stopped is far smaller. */
export const MOST_BODY_BYTES = 64 * 1024;

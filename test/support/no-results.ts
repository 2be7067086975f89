import type { RunResults } from "../../src/domain/run-results.ts";

/** Nothing comes of tasks, as far as those know who wait for them. */
export const NO_RESULTS: RunResults = {
  idsEnd: undefined,
  knownEnd: 0,
  isFinished: () => false,
  finished: () => Promise.resolve(new Map()),
  listen: () => () => undefined,
};

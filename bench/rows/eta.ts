import { spansOf, verdictAt, type Verdict } from "../eta/replay.ts";
import { tracesFrom } from "../eta/traces.ts";
import type { Figure, Row } from "../row.ts";
import { figure, median } from "../statistics.ts";

/** Sets of 20 runs that the estimator was made with, and others that it had not seen. */
const SEEN = { first: 1, sets: 20 };
const UNSEEN = { first: 5001, sets: 20 };

/** How far off the estimates are, as shares of the time that was left. */
interface Errors {
  readonly ours: number;
  readonly parallel: number;
  /** How often the end was within our range. */
  readonly covered: number;
  readonly runs: number;
}

export const eta: Row = {
  name: "eta",
  title:
    "ETA of heavy-tailed runs, replayed: distance from the true end (ours: from the middle of its range), by the time left",
  measure: async ({ quick, note }) => {
    const setsOf = ({ first, sets }: typeof SEEN, share: number): Errors[] =>
      Array.from({ length: quick ? 2 : sets }, (_, i) => errorsOf(first + i, share));
    note("runs that it was made with");
    const [early, half, late] = [0.25, 0.5, 0.75].map((share) => setsOf(SEEN, share));
    note("other runs");
    const others = setsOf(UNSEEN, 0.5);
    if (early === undefined || half === undefined || late === undefined) throw new Error("nothing was measured");
    return {
      figures: [
        ...figuresOf("a quarter done", early),
        ...figuresOf("half done", half),
        ...figuresOf("three quarters done", late),
        ...figuresOf("half done, other runs", others),
      ],
      goals: [
        { ...figure("half done, ours / parallel --eta", "", half.map(ratio)), atMost: 0.5 },
        { ...figure("half done, other runs, ours / parallel --eta", "", others.map(ratio)), atMost: 0.5 },
      ],
    };
  },
};

function ratio({ ours, parallel }: Errors): number {
  return ours / parallel;
}

function figuresOf(when: string, sets: readonly Errors[]): Figure[] {
  const all = sets.reduce((sum, { runs }) => sum + runs, 0);
  const covered = sets.reduce((sum, set) => sum + set.covered * set.runs, 0);
  return [
    figure(
      `${when}, ours`,
      "",
      sets.map(({ ours }) => ours),
    ),
    figure(
      `${when}, parallel --eta`,
      "",
      sets.map(({ parallel }) => parallel),
    ),
    { what: `${when}, the end is in our range`, value: (100 * covered) / all, unit: "%" },
  ];
}

/** Medians over the twenty runs from this seed, when this share of their tasks has ended. */
function errorsOf(seed: number, share: number): Errors {
  const known = tracesFrom(seed).map((trace) => verdictAt(spansOf(trace), trace.slots, share));
  const told = known.filter(({ ours }) => ours !== undefined);
  return {
    ours: median(told.map((verdict) => error(verdict, middleOf(verdict)))),
    parallel: median(told.map((verdict) => error(verdict, verdict.parallel))),
    covered: told.filter(isCovered).length / told.length,
    runs: told.length,
  };
}

function error({ at, end }: Verdict, told: number): number {
  return Math.abs(told - end) / (end - at);
}

function middleOf({ ours }: Verdict): number {
  return ours === undefined ? Number.NaN : (ours.earliest + ours.latest) / 2;
}

function isCovered({ ours, end }: Verdict): boolean {
  return ours !== undefined && ours.earliest <= end && end <= ours.latest;
}

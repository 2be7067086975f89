import { shapeOf } from "./shape.ts";

/** In a page: any number of lines, or none. */
export const ANY_LINES = "...";

/** A piece of what was expected beside a piece of what came. */
export type Pair =
  /** The two lines have one shape. */
  | { readonly type: "same"; readonly expected: string; readonly got: string }
  /** `...`, and what it stood for. */
  | { readonly type: "any"; readonly got: readonly string[] }
  | { readonly type: "missing"; readonly expected: string }
  | { readonly type: "extra"; readonly got: string };

/** How a cell of the table was come to. */
type Move = Pair["type"] | "absorbed" | "changed";

/** Lines that begin alike as far as this are one line in two wordings. */
const LIKE = 20;

/** The best way to lay the two texts beside each other: the one with the fewest lines that are missing or too many. */
export function align(expected: readonly string[], got: readonly string[]): Pair[] {
  const moves = tableOf(expected, got);
  const pairs: Pair[] = [];
  let absorbed: string[] = [];
  let [i, j] = [expected.length, got.length];
  while (i > 0 || j > 0) {
    const move = moves[i]?.[j];
    if (move === "absorbed") absorbed.unshift(got[--j] ?? "");
    else if (move === "any") {
      i--;
      pairs.unshift({ type: "any", got: absorbed });
      absorbed = [];
    } else if (move === "changed") {
      pairs.unshift({ type: "missing", expected: expected[--i] ?? "" }, { type: "extra", got: got[--j] ?? "" });
    } else if (move === "missing") pairs.unshift({ type: "missing", expected: expected[--i] ?? "" });
    else if (move === "extra") pairs.unshift({ type: "extra", got: got[--j] ?? "" });
    else pairs.unshift({ type: "same", expected: expected[--i] ?? "", got: got[--j] ?? "" });
  }
  return pairs;
}

/** True when the page says what came. */
export function isTrue(pairs: readonly Pair[]): boolean {
  return pairs.every(({ type }) => type === "same" || type === "any");
}

/** For the first i lines of one and the first j of the other, the last move of the cheapest way to lay them side by side. */
function tableOf(expected: readonly string[], got: readonly string[]): Move[][] {
  const shapes = got.map(shapeOf);
  const moves: Move[][] = [];
  let above: number[] = [];
  for (let i = 0; i <= expected.length; i++) {
    const line = expected[i - 1];
    const isAny = line === ANY_LINES;
    const shape = line === undefined ? undefined : shapeOf(line);
    const costs: number[] = [];
    const row: Move[] = [];
    for (let j = 0; j <= got.length; j++) {
      const ways: [Move, number | undefined][] = [
        ["same", isAny || j === 0 || shape !== shapes[j - 1] ? undefined : above[j - 1]],
        ["changed", isAny || j === 0 || !isLike(shape, shapes[j - 1]) ? undefined : plusOne(above[j - 1])],
        ["any", isAny ? above[j] : undefined],
        ["absorbed", isAny ? costs[j - 1] : undefined],
        // Looked at from the end, so that what is missing stands before what is there instead.
        ["extra", plusOne(costs[j - 1])],
        ["missing", isAny || i === 0 ? undefined : plusOne(above[j])],
      ];
      if (i === 0 && j === 0) ways.push(["same", 0]);
      const [move, cost] = cheapest(ways);
      row.push(move);
      costs.push(cost);
    }
    moves.push(row);
    above = costs;
  }
  return moves;
}

/** True when one line is most likely meant for the other. */
function isLike(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one.slice(0, LIKE) === other.slice(0, LIKE);
}

function plusOne(cost: number | undefined): number | undefined {
  return cost === undefined ? undefined : cost + 1;
}

/** The first of those that cost least. */
function cheapest(ways: ReadonlyArray<readonly [Move, number | undefined]>): [Move, number] {
  return ways.reduce<[Move, number]>(
    (best, [move, cost]) => (cost !== undefined && cost < best[1] ? [move, cost] : best),
    ["extra", Infinity],
  );
}

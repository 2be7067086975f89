import { Boxes } from "./boxes.ts";
import { Lattice } from "./lattice.ts";
import type { Dimension, Space } from "./space.ts";

/** What has no dimensions has one combination. Most tasks of a long document are so: all share this. */
const POINT: Space = new Lattice([]);

/** The space of some dimensions, with the values that they have now. */
export function makeSpace(dimensions: readonly Dimension[]): Space {
  if (dimensions.length === 0) return POINT;
  const growing = dimensions.filter(({ isGrowing }) => isGrowing).length;
  return growing > 1 ? new Boxes(dimensions) : new Lattice(dimensions);
}

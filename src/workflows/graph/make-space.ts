import { Boxes } from "./boxes.ts";
import { Lattice } from "./lattice.ts";
import type { Dimension, Space } from "./space.ts";

/** The space of some dimensions, with the values that they have now. */
export function makeSpace(dimensions: readonly Dimension[]): Space {
  const growing = dimensions.filter(({ isGrowing }) => isGrowing).length;
  return growing > 1 ? new Boxes(dimensions) : new Lattice(dimensions);
}

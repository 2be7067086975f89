import type { Values } from "./values.ts";

/** One axis of a space. */
export interface Dimension {
  readonly values: Values;
  /** More values may come. */
  readonly isGrowing: boolean;
}

/** Which positions of a dimension are meant: undefined for all of them. */
export type Choice = readonly number[] | undefined;

/** All combinations of positions of some dimensions, numbered from 0. Numbers stay when dimensions grow. */
export interface Space {
  /** Numbers are below this. */
  readonly size: number;
  /** The position along one dimension. */
  positionAt(index: number, dimension: number): number;
  indexOf(positions: ArrayLike<number>): number;
  /** The numbers of all combinations of the positions that are chosen. @param choices one for each dimension. */
  indexes(choices: readonly Choice[]): Iterable<number>;
  /** Takes note of values that a dimension has got. @returns the first of the new numbers; all up to the new size are new. */
  grow(dimension: number): number;
}

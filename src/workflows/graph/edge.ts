import type { Edge } from "../document/workflow.ts";
import { Choices } from "./choices.ts";
import type { Pattern } from "./instance.ts";
import { Matching } from "./matching.ts";
import { makeSpace } from "./make-space.ts";
import type { Choice, Space } from "./space.ts";
import type { TemplateInstances } from "./template-instances.ts";

/** What an edge connects. */
export interface EdgeEnds {
  readonly number: number;
  readonly parent: number;
  readonly child: number;
  readonly alternative: number;
  /** An alternative is for those children that such an edge of it is for. */
  readonly isChoosing: boolean;
  /** Whether the parent is the child, or needs it in its turn, at other values. */
  readonly isCircular: () => boolean;
  /** It has come after its child: to what a generator has printed that the child needs. */
  readonly isLate: boolean;
}

/**
 * Instances of one template, the child, need instances of another one, the parent.
 *
 * Parents are gathered in groups: all that have the same values of the axes by which they are matched. A child needs whole
 * groups. The numbers of groups stay when axes grow, and are below the number of parents' indexes: whoever counts what has
 * ended keeps one number for a group, and never one for a pair of parent and child.
 *
 * - `join`: a child needs one group, or none where its values have no counterpart. Nothing more is to be counted.
 * - `match`: a child may need several groups, since a window is open on some axis.
 *
 * Parents with other values than those that the edge names are in no group, and children that do not need it have none.
 */
export class GraphEdge {
  /** Position among all edges of the graph. */
  readonly number: number;
  /** Templates, by number. */
  readonly parent: number;
  readonly child: number;
  /** Position of the alternative that it belongs to, among those of the child. */
  readonly alternative: number;
  readonly kind: "join" | "match";
  readonly definition: Edge;
  /** It has come after its child: to what a generator has printed that the child needs. */
  readonly isLate: boolean;
  readonly #isChoosing: boolean;
  readonly #parents: TemplateInstances;
  readonly #children: TemplateInstances;
  readonly #matchings: readonly Matching[];
  readonly #groups: Space;
  /** Which parents are needed at all, and which children need any; undefined for all. */
  readonly #values: Choices | undefined;
  readonly #when: Choices | undefined;
  /** All axes of the parent are matched: each parent is a group of its own, with the same number. */
  readonly #isOneToOne: boolean;
  /** The parent may be the child's template, or need it: values are shifted again and again. */
  readonly #isCircular: () => boolean;
  readonly #positions: number[];

  constructor(ends: EdgeEnds, definition: Edge, parents: TemplateInstances, children: TemplateInstances) {
    this.number = ends.number;
    this.parent = ends.parent;
    this.child = ends.child;
    this.alternative = ends.alternative;
    this.definition = definition;
    this.isLate = ends.isLate;
    this.#isChoosing = ends.isChoosing;
    this.#parents = parents;
    this.#children = children;
    this.#matchings = Matching.all(definition, parents, children);
    this.kind = this.#matchings.every(({ isWindow }) => !isWindow) ? "join" : "match";
    this.#values = Choices.of(definition.values, parents);
    this.#when = Choices.of(definition.when, children);
    this.#groups = makeSpace(this.#matchings.map(({ parentAxis }) => parentAxis));
    this.#isOneToOne = this.#matchings.length === parents.axes.length;
    this.#isCircular = ends.isCircular;
    this.#positions = this.#matchings.map(() => 0);
  }

  /** Groups of parents so far: their numbers are below this. Some may have no parents. */
  get groups(): number {
    return this.#groups.size;
  }

  /** Whether the edge says anything of a child: where its `when` has other values it does not. */
  isFor(childIndex: number): boolean {
    return this.#when === undefined || this.#when.fits(childIndex);
  }

  /** Whether it makes its alternative one for a child. */
  choosesFor(childIndex: number): boolean {
    return this.#isChoosing && this.isFor(childIndex);
  }

  /** The group that a parent is in; -1 for one that nobody needs by way of this edge. */
  groupOfParent(parentIndex: number): number {
    if (this.#values?.fits(parentIndex) === false) return -1;
    if (this.#isOneToOne) return parentIndex;
    for (const [i, { parentDimension }] of this.#matchings.entries()) {
      this.#positions[i] = this.#parents.space.positionAt(parentIndex, parentDimension);
    }
    return this.#groups.indexOf(this.#positions);
  }

  /** The group that a child needs, of an edge of the kind `join`; -1 where there is none, or not yet. */
  groupOfChild(childIndex: number): number {
    if (!this.isFor(childIndex)) return -1;
    for (const [i, matching] of this.#matchings.entries()) {
      const position = matching.parentOf(this.#children.space.positionAt(childIndex, matching.childDimension));
      if (position === -1) return -1;
      this.#positions[i] = position;
    }
    return this.#groups.indexOf(this.#positions);
  }

  /** All groups that a child needs, of an edge of any kind. */
  groupsOfChild(childIndex: number): Iterable<number> {
    if (this.kind === "join") {
      const group = this.groupOfChild(childIndex);
      return group === -1 ? [] : [group];
    }
    if (!this.isFor(childIndex)) return [];
    return this.#groups.indexes(
      this.#matchings.map((matching) =>
        matching.parentsOf(this.#children.space.positionAt(childIndex, matching.childDimension)),
      ),
    );
  }

  /** How many parents are in a group now. */
  groupSize(group: number): number {
    const matched = this.#matchings.map(({ parentDimension }) => parentDimension);
    if (this.#parents.isFull) {
      const counts = this.#parents.axes.map(({ values }, i) => this.#values?.countOf(i) ?? values.length);
      return counts.reduce((product, count, i) => (matched.includes(i) ? product : product * count), 1);
    }
    let count = 0;
    for (const index of this.parentsIn(group)) count += index >= 0 ? 1 : 0;
    return count;
  }

  /** Indexes of the parents in a group that there are. */
  *parentsIn(group: number): Generator<number> {
    if (group === -1) return;
    if (this.#isOneToOne) {
      if (this.#parents.has(group)) yield group;
      return;
    }
    const choices: Choice[] = this.#parents.axes.map(() => undefined);
    for (const [i, { parentDimension }] of this.#matchings.entries()) {
      choices[parentDimension] = [this.#groups.positionAt(group, i)];
    }
    this.#values?.narrow(choices);
    for (const index of this.#parents.space.indexes(choices)) if (this.#parents.has(index)) yield index;
  }

  /** Indexes of the children that need a group and that there are. */
  *childrenIn(group: number): Generator<number> {
    if (group === -1) return;
    const choices: Choice[] = this.#children.axes.map(() => undefined);
    for (const [i, matching] of this.#matchings.entries()) {
      const positions = matching.childrenOf(this.#groups.positionAt(group, i));
      const before = choices[matching.childDimension];
      choices[matching.childDimension] = before?.filter((position) => positions.includes(position)) ?? positions;
    }
    this.#when?.narrow(choices);
    for (const index of this.#children.space.indexes(choices)) if (this.#children.has(index)) yield index;
  }

  /** Indexes of all that a child needs. */
  *parentsOf(childIndex: number): Generator<number> {
    for (const group of this.groupsOfChild(childIndex)) yield* this.parentsIn(group);
  }

  /** Indexes of all that need a parent. */
  childrenOf(parentIndex: number): Generator<number> {
    return this.childrenIn(this.groupOfParent(parentIndex));
  }

  /**
   * Values that the parents of a child have, or would have; undefined for a child that needs none.
   *
   * @param values of the child, by dimension.
   */
  parentsWith(values: Pattern): Pattern | undefined {
    const own = [...values];
    if (this.#when?.narrowValues(own) === false) return undefined;
    const pattern: (readonly string[] | undefined)[] = this.#parents.axes.map(() => undefined);
    for (const matching of this.#matchings) {
      pattern[matching.parentDimension] = matching.parentValues(own[matching.childDimension], this.#isCircular());
    }
    this.#values?.narrowValues(pattern);
    return pattern;
  }

  /**
   * Values that the children of a parent have, or would have; undefined for a parent that nobody needs.
   *
   * @param values of the parent, by dimension.
   */
  childrenWith(values: Pattern): Pattern | undefined {
    const own = [...values];
    if (this.#values?.narrowValues(own) === false) return undefined;
    const pattern: (readonly string[] | undefined)[] = this.#children.axes.map(() => undefined);
    for (const matching of this.#matchings) {
      const known = matching.childValues(own[matching.parentDimension], this.#isCircular());
      const before = pattern[matching.childDimension];
      pattern[matching.childDimension] = before?.filter((value) => known?.includes(value) ?? true) ?? known;
    }
    if (this.#when?.narrowValues(pattern) === false) return undefined;
    return pattern;
  }

  /**
   * Axes, by position in the workflow's, over which all parents are gathered and that are not closed: every group of parents
   * may get more. Empty when only what is matched decides.
   */
  get openAxes(): number[] {
    const matched = new Set(this.#matchings.map(({ parentDimension }) => parentDimension));
    const open = this.#parents.axes.filter(({ axis }, dimension) => !axis.isClosed && !matched.has(dimension));
    return open.map(({ axis }) => axis.number);
  }

  /**
   * Axes, by position in the workflow's, that are not closed and may bring the child more parents than it has now. Once this
   * is empty it stays so. A value that is to come and may be a child's counterpart counts, such as the day before a child's.
   */
  awaits(childIndex: number): number[] {
    if (!this.isFor(childIndex)) return [];
    const matched = this.#matchings.filter((matching) =>
      matching.mayGrow(this.#children.space.positionAt(childIndex, matching.childDimension)),
    );
    return [...this.openAxes, ...matched.map(({ parentAxis }) => parentAxis.axis.number)];
  }

  /** Takes note of values that an axis of the parent has got. @param axis position in the workflow's axes. */
  grow(axis: number): void {
    const dimension = this.#matchings.findIndex(({ parentAxis }) => parentAxis.axis.number === axis);
    if (dimension !== -1) this.#groups.grow(dimension);
  }
}

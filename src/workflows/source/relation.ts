import type { UserError } from "../../domain/errors.ts";
import type { Edge, Template } from "../document/workflow.ts";
import type { Instance } from "../graph/instance.ts";

/** Instances that are new: of one template, from `from` to below `to`. */
export interface InstanceRange {
  readonly template: number;
  readonly from: number;
  readonly to: number;
}

/** Instances of two templates, connected: children need all parents of one group (`join`) or of several (`match`). */
export interface RelationEdge {
  /** Position among all edges. */
  readonly number: number;
  readonly parent: number;
  readonly child: number;
  /** Which alternative of the child it is part of. */
  readonly alternative: number;
  readonly kind: "join" | "match";
  readonly definition: Edge;
  /** Numbers of groups are below this. */
  readonly groups: number;
  groupOfParent(index: number): number;
  /** Of an edge of the kind `join`; -1 for none. */
  groupOfChild(index: number): number;
  groupsOfChild(index: number): Iterable<number>;
  parentsIn(group: number): Iterable<number>;
  childrenIn(group: number): Iterable<number>;
}

/** What the source asks of the graph. */
export interface Relation {
  /** Numbers of templates are below this. */
  readonly templates: number;
  template(template: number): Template;
  find(name: string): Instance | UserError;
  templateOf(name: string): number | undefined;
  size(template: number): number;
  count(template: number): number;
  has(template: number, index: number): boolean;
  isGrowing(template: number): boolean;
  nameOf(template: number, index: number): string;
  valuesOf(template: number, index: number): Readonly<Record<string, string>>;
  addValues(axis: number, values: readonly string[]): readonly InstanceRange[];
  addTemplates(templates: readonly Template[]): readonly InstanceRange[];
  close(axis: number): void;
  edgesTo(template: number): readonly RelationEdge[];
  edgesFrom(template: number): readonly RelationEdge[];
  critical(template: number): number;
}

/** What of the graph a run is about. */
export interface Wanted {
  wants(template: number, index: number): boolean;
  /** Whether it wants everything. */
  readonly wantsAll?: boolean | undefined;
  /** Whether it runs also if it is done. */
  forces(template: number, index: number): boolean;
}

export type { Instance };

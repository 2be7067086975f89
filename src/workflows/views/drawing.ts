import type { InstanceState } from "../../domain/instance-state.ts";

/** What stands in a drawing of a workflow: templates, or instances. Words of the document stand as they are. */
export interface DrawnNode {
  readonly name: string;
  /** Axes of a template, in the order of its names; none for an instance. */
  readonly axes: readonly string[];
  /** Instances of a template, as far as they are known. */
  readonly count?: number | undefined;
  /** More instances may come. */
  readonly isGrowing: boolean;
  /** What its output makes: an axis, or `tasks`. */
  readonly generates?: string | undefined;
  /** Where it stands: of a template, what of its instances matters most. */
  readonly state?: InstanceState | undefined;
}

/** An arrow, from what is needed to what needs it. */
export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  /** By what instances are connected, where that is said; or which axis the values go to. */
  readonly label?: string | undefined;
  /** `need`: it waits for that. `values`: its instances are made by what that prints. */
  readonly kind: "need" | "values";
  /** Which alternative of the needs it belongs to, from 0; undefined where there is one only. */
  readonly alternative?: number | undefined;
}

/** A drawing of a workflow. */
export interface Drawing {
  /** The name of the workflow. */
  readonly name: string;
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  /** Nodes that the limit has left out. */
  readonly more: number;
  /** Arrows between nodes that are drawn, and that are left out since there are too many; where it is `MOST_EDGES_COUNTED`, at least so many. */
  readonly moreEdges: number;
}

/** Arrows that are left out, as many as are counted. */
export const MOST_EDGES_COUNTED = 10_000_000;

/** What of the states of many instances is to be seen first. */
const WORST_FIRST: readonly InstanceState[] = [
  ...(["failed", "killed", "blocked", "retrying", "running", "ready", "waiting", "skipped", "reused", "done"] as const),
];

/** The state that a template is shown in. */
export function worstState(counts: Readonly<Partial<Record<InstanceState, number>>>): InstanceState | undefined {
  return WORST_FIRST.find((state) => (counts[state] ?? 0) > 0);
}

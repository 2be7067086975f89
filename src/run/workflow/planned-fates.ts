import type { Graph } from "../../workflows/graph/graph.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import { templateIn } from "../../workflows/graph/instance-name.ts";
import { PLANNED_FATES, type PlannedFate, type PlannedGroup, type PlannedReason } from "../../workflows/views/plan.ts";

/** Reasons that are kept one by one; beyond that instances are told with their fates alone. */
const MOST_KEPT = 100_000;
/** Groups of reasons of a template. */
const MOST_GROUPS = 100;

/** What was found out about the instances of a plan: a byte for each, and reasons gathered. */
export class PlannedFates {
  readonly #graph: Graph;
  /** By template: one more than the place of the fate, for each index. */
  readonly #fates: Uint8Array[] = [];
  readonly #reasons: (Map<number, PlannedReason> | undefined)[] = [];
  readonly #groups: (Map<string, PlannedGroup> | undefined)[] = [];
  #kept = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  note({ template, index }: Instance, fate: PlannedFate, reason?: PlannedReason): void {
    let row = this.#fates[template];
    if (row === undefined || row.length <= index) {
      const longer = new Uint8Array(this.#graph.size(template));
      longer.set(row ?? []);
      this.#fates[template] = row = longer;
    }
    row[index] = PLANNED_FATES.indexOf(fate) + 1;
    if (reason === undefined) return;
    this.#gather(template, fate, reason);
    if (this.#kept++ < MOST_KEPT) (this.#reasons[template] ??= new Map<number, PlannedReason>()).set(index, reason);
  }

  of({ template, index }: Instance): PlannedFate | undefined {
    return PLANNED_FATES[(this.#fates[template]?.[index] ?? 0) - 1];
  }

  reasonOf({ template, index }: Instance): PlannedReason | undefined {
    return this.#reasons[template]?.get(index);
  }

  /** Whether an instance of the template has one of these fates. */
  some(template: number, isIt: (fate: PlannedFate) => boolean): boolean {
    const codes = PLANNED_FATES.flatMap((fate, at) => (isIt(fate) ? [at + 1] : []));
    return this.#fates[template]?.some((code) => codes.includes(code)) ?? false;
  }

  groupsOf(template: number): readonly PlannedGroup[] {
    return [...(this.#groups[template]?.values() ?? [])];
  }

  #gather(template: number, fate: PlannedFate, reason: PlannedReason): void {
    const groups = (this.#groups[template] ??= new Map<string, PlannedGroup>());
    const key = JSON.stringify([fate, shapeOf(reason)]);
    const known = groups.get(key);
    if (known === undefined && groups.size === MOST_GROUPS) return;
    groups.set(key, known === undefined ? { fate, reason, count: 1 } : { ...known, count: known.count + 1 });
  }
}

/** The reason without what makes it that of one instance. */
function shapeOf(reason: PlannedReason): unknown {
  switch (reason.kind) {
    case "changed":
      return ["changed", reason.changes.map(({ path, ...change }) => [change, change.part === "code" && path])];
    case "missing":
      return "missing";
    default:
      return [reason.kind, templateIn(reason.instance ?? "")];
  }
}

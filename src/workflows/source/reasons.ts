import type { RunReason } from "../../domain/run-reason.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import type { Selection } from "../graph/selection.ts";
import type { EarlierRuns } from "./earlier.ts";
import type { InstanceMachine } from "./instance-machine.ts";
import { reasonOf } from "./rule-checks.ts";
import { isFinal, IS_NEW } from "./state-codes.ts";

export interface ReasonsOptions {
  readonly graph: Graph;
  readonly machine: InstanceMachine;
  readonly selection: Selection;
  readonly earlier: EarlierRuns | undefined;
}

/** Tells why instances run. */
export class Reasons {
  readonly #options: ReasonsOptions;
  /** Reasons that files have given, by template and index, until the instance is given out. */
  readonly #kept: Map<number, RunReason>[] = [];
  /** By edge and group: index of the first parent that has run in this run; -1 for none. */
  readonly #firstNew = new Map<number, Map<number, number>>();

  constructor(options: ReasonsOptions) {
    this.#options = options;
  }

  /** Keeps what files say of an instance that runs. */
  keep({ template, index }: Instance, reason: RunReason): void {
    (this.#kept[template] ??= new Map<number, RunReason>()).set(index, reason);
  }

  /** Why an instance runs that is given out; undefined where nothing has run before, and no file was asked. */
  take(instance: Instance): RunReason | undefined {
    const { template, index } = instance;
    const kept = this.#kept[template]?.get(index);
    if (kept !== undefined) this.#kept[template]?.delete(index);
    else if (this.#options.earlier === undefined) return undefined;
    return this.#named(instance, kept ?? this.of(instance));
  }

  /** Why an instance runs of which no file has decided. */
  of(instance: Instance): RunReason {
    const { earlier, selection, machine } = this.#options;
    const { template, index } = instance;
    const before = earlier?.of(template, index) ?? "never";
    if (before === "failed") return { kind: before };
    if (selection.forces(template, index)) return { kind: "forced" };
    if (before === "done" && machine.isNew(instance)) return { kind: "again" };
    return reasonOf(before);
  }

  /** With the name of what has run again, where that is in this run. */
  #named(instance: Instance, reason: RunReason): RunReason {
    if (reason.kind !== "again" || reason.instance !== undefined) return reason;
    const { graph } = this.#options;
    for (const edge of graph.edgesTo(instance.template)) {
      for (const group of edge.groupsOfChild(instance.index)) {
        const parent = this.#firstNewIn(edge, group);
        if (parent >= 0) return { kind: "again", instance: graph.nameOf(edge.parent, parent) };
      }
    }
    return reason;
  }

  #firstNewIn(edge: GraphEdge, group: number): number {
    let known = this.#firstNew.get(edge.number);
    if (known === undefined) this.#firstNew.set(edge.number, (known = new Map<number, number>()));
    let first = known.get(group);
    if (first === undefined) {
      first = -1;
      const { table } = this.#options.machine;
      let areAllEnded = true;
      for (const parent of edge.parentsIn(group)) {
        const code = table.get(edge.parent, parent);
        if (!isFinal(code)) areAllEnded = false;
        if (!isFinal(code) || (code & IS_NEW) === 0) continue;
        first = parent;
        break;
      }
      if (first >= 0 || areAllEnded) known.set(group, first);
    }
    return first;
  }
}

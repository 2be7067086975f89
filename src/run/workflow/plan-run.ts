import type { Basis } from "../../workflows/history/basis.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import { DONE } from "../../workflows/source/state-codes.ts";
import type { Plan, PlannedFate, PlannedInstance, PlanReason, TemplatePlan } from "../../workflows/views/plan.ts";
import { sourceOf } from "./source-of.ts";

/** The most important word about a plan's instances first. */
const FATES = [
  "never",
  "failed",
  "changed",
  "again",
  "forced",
  "depends",
  "stays",
] as const satisfies readonly PlannedFate[];

/** A plan, and what it says of each instance. */
export interface RunPlan {
  readonly plan: Plan;
  /** The first of the instances, in the order of the document, of one template or all; and how many more there are. */
  readonly list: (
    template: string | undefined,
    limit: number,
  ) => { readonly instances: readonly PlannedInstance[]; readonly more: number };
}

/**
 * Works out what a run would do from this basis, if all that it runs succeeds. Nothing is started or written.
 *
 * @param about the number that the run would have, and its prefix.
 */
export function planRun(basis: Basis, about: Pick<Plan, "run" | "prefix">): RunPlan {
  const { graph, workflow, selection, before } = basis;
  const numbering = basis.numberFrom(0);
  const { machine } = sourceOf(basis, {
    numbering,
    kept: [],
    keep: () => undefined,
    secrets: {},
    assumesPrinted: true,
  });
  /** By template: one more than the place of the fate, for each index. */
  const fates: Uint8Array[] = [];
  const note = ({ template, index }: Instance, fate: PlannedFate): void => {
    let row = fates[template];
    if (row === undefined || row.length <= index) {
      const longer = new Uint8Array(graph.size(template));
      longer.set(row ?? []);
      fates[template] = row = longer;
    }
    row[index] = FATES.indexOf(fate) + 1;
  };
  for (let instance = machine.take(); instance !== undefined; instance = machine.take()) {
    note(instance, reasonFor(instance));
    machine.settle(instance, DONE);
  }
  function reasonFor(instance: Instance): PlanReason {
    if (selection.forces(instance.template, instance.index)) return "forced";
    const { template, index } = instance;
    const state = before(template, index) ?? "never";
    if (state === "done" || state === "outdated") return "again";
    return state === "killed" ? "failed" : state;
  }
  const fateOf = (instance: Instance): PlannedFate | undefined => {
    const fate = FATES[(fates[instance.template]?.[instance.index] ?? 0) - 1];
    if (fate !== undefined) return fate;
    const state = machine.stateOf(instance);
    if (state === undefined) return undefined;
    return state === "skipped" || state === "blocked" ? "depends" : "stays";
  };
  const wouldRun = (name: string): boolean => {
    const template = graph.templateOf(name) ?? -1;
    return fates[template]?.some((code) => code > 0) ?? false;
  };
  const templates = Array.from({ length: graph.templates }, (_, number): TemplatePlan | undefined => {
    const { name, alternatives, axes, generates } = graph.template(number);
    const counts: Partial<Record<PlannedFate, number>> = {};
    for (let index = 0; index < graph.size(number); index++) {
      const fate = graph.has(number, index) ? fateOf({ template: number, index }) : undefined;
      if (fate !== undefined) counts[fate] = (counts[fate] ?? 0) + 1;
    }
    const makers = axes.map((axis) => graph.axis(axis)).flatMap((axis) => (axis.kind === "generated" ? [axis.by] : []));
    const printers = alternatives.flat().flatMap(({ parent, printed }) => (printed === undefined ? [] : [parent]));
    const awaits = [...new Set(makers)].filter(wouldRun);
    const needsTasksOf = printers.length === 0 ? undefined : [...new Set(printers)].filter(wouldRun);
    if (Object.keys(counts).length === 0 && awaits.length === 0) return undefined;
    return {
      name,
      counts,
      awaits,
      needsTasksOf,
      generates: generates?.kind === "axis" ? generates.axis : generates?.kind,
    };
  });
  return {
    plan: { workflow: workflow.name, ...about, templates: templates.filter((each) => each !== undefined) },
    list: (wanted, limit) => {
      const instances: PlannedInstance[] = [];
      let count = 0;
      for (let template = 0; template < graph.templates; template++) {
        if (wanted !== undefined && graph.template(template).name !== wanted) continue;
        for (let index = 0; index < graph.size(template); index++) {
          const fate = graph.has(template, index) ? fateOf({ template, index }) : undefined;
          if (fate !== undefined && count++ < limit) instances.push({ name: graph.nameOf(template, index), fate });
        }
      }
      return { instances, more: count - instances.length };
    },
  };
}

import type { Change, RunReason } from "../../domain/run-reason.ts";
import type { Template } from "../../workflows/document/workflow.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import type { Graph } from "../../workflows/graph/graph.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import type { Question, Verdict } from "../../workflows/source/checks.ts";
import type { WorkflowSource } from "../../workflows/source/workflow-source.ts";
import { NewNeeds } from "../../workflows/source/new-needs.ts";
import { DONE } from "../../workflows/source/state-codes.ts";
import {
  type Plan,
  type PlannedFate,
  type PlannedInstance,
  type PlannedReason,
  type TemplatePlan,
  wouldRun,
} from "../../workflows/views/plan.ts";
import { PlannedFates } from "./planned-fates.ts";
import { type DecidingFiles, sourceOf } from "./source-of.ts";

/** A plan, and what it says of each instance. */
export interface RunPlan {
  readonly plan: Plan;
  /** The first of the instances, in the order of the document, of one template or all; and how many more there are. */
  readonly list: (
    template: string | undefined,
    limit: number,
  ) => { readonly instances: readonly PlannedInstance[]; readonly more: number };
}

/** Looks at files as they are now. */
interface PlanFiles extends DecidingFiles {
  /** Told of the source before anything is asked. */
  readonly serve?: ((source: WorkflowSource) => void) | undefined;
}

/** What a run would do with an instance. */
interface Planned {
  readonly fate: PlannedFate;
  readonly reason?: PlannedReason | undefined;
}

/**
 * Works out what a run would do from this basis, if all that it runs succeeds. Nothing is started or written.
 *
 * @param about the number that the run would have, and its prefix.
 * @param deciding looks at files as they are now.
 */
export async function planRun(
  basis: Basis,
  about: Pick<Plan, "run" | "prefix">,
  deciding: PlanFiles,
): Promise<RunPlan> {
  const fates = await new Planner(basis, deciding).plan();
  const { graph, workflow } = basis;
  const templates = Array.from({ length: graph.templates }, (_, number) => templatePlan(basis, number, fates));
  return {
    plan: { workflow: workflow.name, ...about, templates: templates.filter((each) => each !== undefined) },
    list: (wanted, limit) => {
      const instances: PlannedInstance[] = [];
      let count = 0;
      for (let template = 0; template < graph.templates; template++) {
        if (wanted !== undefined && graph.template(template).name !== wanted) continue;
        for (let index = 0; index < graph.size(template); index++) {
          const fate = graph.has(template, index) ? fates.of({ template, index }) : undefined;
          if (fate === undefined || count++ >= limit) continue;
          instances.push({ name: graph.nameOf(template, index), fate, reason: fates.reasonOf({ template, index }) });
        }
      }
      return { instances, more: count - instances.length };
    },
  };
}

function templatePlan({ graph }: Basis, number: number, fates: PlannedFates): TemplatePlan | undefined {
  const { name, alternatives, axes, generates } = graph.template(number);
  const counts: Partial<Record<PlannedFate, number>> = {};
  for (let index = 0; index < graph.size(number); index++) {
    const fate = graph.has(number, index) ? fates.of({ template: number, index }) : undefined;
    if (fate !== undefined) counts[fate] = (counts[fate] ?? 0) + 1;
  }
  const mayRun = (generator: string): boolean =>
    fates.some(graph.templateOf(generator) ?? -1, (fate) => fate !== "stays" && fate !== "reused");
  const printers = printersFor(alternatives);
  const awaits = [...new Set(makersOf(graph, axes))].filter(mayRun);
  const needsTasksOf = printers.length === 0 ? undefined : [...new Set(printers)].filter(mayRun);
  if (Object.keys(counts).length === 0 && awaits.length === 0) return undefined;
  return {
    name,
    counts,
    reasons: fates.groupsOf(number),
    awaits,
    needsTasksOf,
    generates: generates?.kind === "axis" ? generates.axis : generates?.kind,
  };
}

/** Names of the tasks that print the values of these axes. */
function makersOf(graph: Graph, axes: readonly number[]): readonly string[] {
  return axes.map((axis) => graph.axis(axis)).flatMap((axis) => (axis.kind === "generated" ? [axis.by] : []));
}

/** Names of the tasks that print tasks which are needed. */
function printersFor(alternatives: Template["alternatives"]): readonly string[] {
  return alternatives.flat().flatMap(({ parent, printed }) => (printed === undefined ? [] : [parent]));
}

/** Lets a machine decide about all instances, as if everything that runs succeeds. */
class Planner {
  readonly #basis: Basis;
  readonly #deciding: PlanFiles;
  readonly #fates: PlannedFates;
  /** What would run for sure, and what would or may. */
  readonly #sure: NewNeeds;
  readonly #any: NewNeeds;

  constructor(basis: Basis, deciding: PlanFiles) {
    const { graph } = basis;
    this.#basis = basis;
    this.#deciding = deciding;
    const fates = new PlannedFates(graph);
    this.#fates = fates;
    const fateOf = (template: number, index: number): PlannedFate => fates.of({ template, index }) ?? "stays";
    this.#sure = new NewNeeds(graph, (template, index) => wouldRun(fateOf(template, index)));
    this.#any = new NewNeeds(graph, (template, index) => isAnew(fateOf(template, index)));
  }

  async plan(): Promise<PlannedFates> {
    const { graph } = this.#basis;
    const { files, checks, serve } = this.#deciding;
    const source = sourceOf(this.#basis, {
      files,
      checks,
      numbering: this.#basis.numberFrom(0),
      kept: [],
      keep: () => undefined,
      secrets: {},
      assumesPrinted: true,
    });
    serve?.(source);
    const { machine } = source;
    for (;;) {
      const instance = machine.take();
      if (instance !== undefined) {
        if (this.#fates.of(instance) === undefined) this.#note(instance, this.#withoutFiles(instance));
        machine.settle(instance, DONE);
        continue;
      }
      const question = machine.ask();
      if (question === undefined) {
        // What follows from answers is worked out for many at a time.
        machine.goOn();
        if (machine.canAsk || machine.readyCount > 0) continue;
        break;
      }
      const verdict = await this.#ask(question);
      const planned = await this.#withFiles(question, verdict);
      this.#note(question.instance, planned);
      machine.decide(question.instance, toldAs(planned, verdict));
    }
    for (let template = 0; template < graph.templates; template++) {
      for (let index = 0; index < graph.size(template); index++) {
        if (!graph.has(template, index) || this.#fates.of({ template, index }) !== undefined) continue;
        const state = machine.stateOf({ template, index });
        if (state === "skipped") this.#fates.note({ template, index }, "depends");
        else if (state === "blocked") this.#fates.note({ template, index }, "blocked");
        else if (state !== undefined) this.#fates.note({ template, index }, "stays");
      }
    }
    return this.#fates;
  }

  #note(instance: Instance, { fate, reason }: Planned): void {
    this.#fates.note(instance, fate, reason);
  }

  /** What becomes of an instance that can run, and about which no file decides. */
  #withoutFiles(instance: Instance): Planned {
    const { template, index } = instance;
    if (this.#basis.selection.forces(template, index)) return { fate: "forced" };
    const reason = this.#basis.reason(template, index);
    return reason === undefined ? this.#following(instance) : runs(reason);
  }

  /** What becomes of an instance that was done, when something that it needs would run or may run. */
  #following(instance: Instance): Planned {
    const sure = this.#nameOf(this.#sure.of(instance));
    if (sure !== undefined) return { fate: "again", reason: { kind: "follows", instance: sure } };
    const any = this.#nameOf(this.#any.of(instance));
    if (any !== undefined) return { fate: "perhaps", reason: { kind: "if", instance: any } };
    const generator = this.#generatorBefore(instance);
    const reason =
      generator === undefined ? { kind: "again" as const } : { kind: "follows" as const, instance: generator };
    return { fate: "again", reason };
  }

  #ask(question: Question): Verdict | Promise<Verdict> {
    return this.#deciding.checks.check(question);
  }

  #withFiles(question: Question, verdict: Verdict): Planned | Promise<Planned> {
    const { instance, isNew } = question;
    switch (verdict.fate) {
      case "done":
        return { fate: "stays" };
      case "missing":
        return { fate: "missing", reason: { kind: "missing", path: verdict.path } };
      case "reused":
        return isNew ? this.#unless(instance) : { fate: "reused" };
      case "runs":
        return verdict.reason.kind === "again" ? this.#again(question) : this.#running(instance, isNew, verdict.reason);
      default:
        return verdict satisfies never;
    }
  }

  #running(instance: Instance, isNew: boolean, reason: RunReason): Planned {
    const { graph } = this.#basis;
    const { template, index } = instance;
    if (reason.kind !== "changed") return runs(reason);
    // Files say nothing of a task's text.
    if (reason.changes.length === 0) return runs(this.#basis.reason(template, index) ?? reason);
    if (isNew && graph.template(template).files?.rule === "cache" && this.#areHandedOn(template, reason.changes)) {
      return this.#unless(instance);
    }
    return runs(reason);
  }

  /** Something that it needs would run, or may run, and no file was asked. */
  async #again(question: Question): Promise<Planned> {
    const { instance } = question;
    const { template, index } = instance;
    const isOfHistory = this.#basis.graph.template(template).files?.rule === "history";
    const own = isOfHistory ? this.#basis.reason(template, index) : undefined;
    if (own !== undefined) return runs(own);
    if (this.#sure.of(instance) === undefined) {
      const alone = await this.#ask({ ...question, isNew: false });
      if (alone.fate === "runs") return this.#running(instance, false, alone.reason);
    }
    return this.#following(instance);
  }

  /** A cached instance is made from what would be made anew, and may be the same. */
  #unless(instance: Instance): Planned {
    const maker = this.#nameOf(this.#sure.of(instance) ?? this.#any.of(instance)) ?? this.#generatorBefore(instance);
    return { fate: "perhaps", reason: maker === undefined ? undefined : { kind: "unless", instance: maker } };
  }

  /** The generator that would run, and tells which instances there are of what this one needs. */
  #generatorBefore({ template }: Instance): string | undefined {
    const { graph } = this.#basis;
    const axes = graph.edgesTo(template).flatMap(({ parent }) => graph.template(parent).axes);
    const makers = [...makersOf(graph, axes), ...printersFor(graph.template(template).alternatives)];
    return makers.find((name) => this.#fates.some(graph.templateOf(name) ?? -1, isAnew));
  }

  /** Whether all of these are inputs that other tasks make. */
  #areHandedOn(template: number, changes: readonly Change[]): boolean {
    const handed = new Set(
      this.#basis.graph.edgesTo(template).flatMap(({ definition }) => definition.inputs?.map(({ name }) => name) ?? []),
    );
    return changes.every(({ part, name = "" }) => part === "input" && handed.has(name));
  }

  #nameOf(instance: Instance | undefined): string | undefined {
    return instance === undefined ? undefined : this.#basis.graph.nameOf(instance.template, instance.index);
  }
}

/** Whether it would run, or may. */
function isAnew(fate: PlannedFate): boolean {
  return wouldRun(fate) || fate === "perhaps";
}

function runs(reason: RunReason): Planned {
  switch (reason.kind) {
    case "changed":
    case "again":
      return { fate: reason.kind, reason };
    default:
      return { fate: reason.kind };
  }
}

/** What a machine is told that nobody takes rows from. What follows an instance that may run may run, too. */
function toldAs({ fate }: Planned, verdict: Verdict): Verdict {
  if (fate === "perhaps") return { fate: "runs", reason: { kind: "again" } };
  return verdict.fate === "reused" ? { ...verdict, previous: undefined } : verdict;
}

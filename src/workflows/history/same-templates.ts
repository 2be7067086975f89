import type { Template, Workflow } from "../document/workflow.ts";
import type { RunRecord } from "./record.ts";
import type { PastDocuments } from "./past-documents.ts";

/** Whether the template of a name was in an earlier run what it is now. */
export type IsSameTemplate = (run: RunRecord, template: string) => boolean;

/**
 * Compares templates of a document with those of earlier runs.
 *
 * @param madeIn number of the run in which a generator that stays done made the template of that name; undefined for none. It is
 *   what it was since then.
 */
export function sameTemplates(
  workflow: Workflow,
  documents: PastDocuments,
  madeIn: (template: string) => number | undefined,
): IsSameTemplate {
  const now = new Fingerprints(workflow);
  const then = new Map<Workflow, Fingerprints>();
  return (run, template) => {
    if (!now.has(template)) return run.run >= (madeIn(template) ?? Infinity);
    const before = documents.of(run)?.workflow;
    if (before === undefined) return false;
    if (before === workflow) return true;
    const fingerprints = then.get(before) ?? new Fingerprints(before);
    then.set(before, fingerprints);
    return fingerprints.of(template) === now.of(template);
  };
}

/** Fingerprints of a document's templates. Each is made when it is asked for the first time: mostly, few are. */
class Fingerprints {
  readonly #workflow: Workflow;
  #templates: ReadonlyMap<string, Template> | undefined;
  readonly #made = new Map<string, string>();

  constructor(workflow: Workflow) {
    this.#workflow = workflow;
  }

  has(name: string): boolean {
    return this.#byName().has(name);
  }

  /** Undefined where there is no such template. */
  of(name: string): string | undefined {
    const made = this.#made.get(name) ?? this.#byName().get(name)?.fingerprint;
    if (made !== undefined) this.#made.set(name, made);
    return made;
  }

  #byName(): ReadonlyMap<string, Template> {
    this.#templates ??= new Map(this.#workflow.templates.map((template) => [template.name, template]));
    return this.#templates;
  }
}

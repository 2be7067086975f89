import type { Change } from "../../domain/run-reason.ts";
import type { Template, Workflow } from "../document/workflow.ts";
import { decidingChanges } from "../views/deciding-changes.ts";
import type { RunRecord } from "./record.ts";
import type { PastDocuments } from "./past-documents.ts";

/** Tells what of a template has changed since an earlier run. */
export class WhatChanged {
  readonly #workflow: Workflow;
  readonly #documents: PastDocuments;
  readonly #runs: ReadonlyMap<number, RunRecord>;
  readonly #byName: ReadonlyMap<string, Template>;
  /** By run and name. */
  readonly #known = new Map<string, readonly Change[]>();
  readonly #earlier = new Map<Workflow, ReadonlyMap<string, Template>>();

  /** @param documents of the runs, which have been loaded. */
  constructor(workflow: Workflow, documents: PastDocuments, runs: readonly RunRecord[]) {
    this.#workflow = workflow;
    this.#documents = documents;
    this.#runs = new Map(runs.map((run) => [run.run, run]));
    this.#byName = byName(workflow);
  }

  /**
   * What has changed; nothing where it is not known: the earlier document is lost, or did not have the template, or a generator has
   * printed it.
   *
   * @param template its name.
   * @param run number of the earlier run.
   */
  since(run: number, template: string): readonly Change[] {
    const key = `${run} ${template}`;
    const known = this.#known.get(key) ?? this.#compare(run, template);
    this.#known.set(key, known);
    return known;
  }

  #compare(run: number, template: string): readonly Change[] {
    const record = this.#runs.get(run);
    const before = record === undefined ? undefined : this.#documents.of(record)?.workflow;
    const is = this.#byName.get(template);
    if (before === undefined || is === undefined) return [];
    const earlier = this.#earlier.get(before) ?? byName(before);
    this.#earlier.set(before, earlier);
    const was = earlier.get(template);
    return was === undefined ? [] : decidingChanges([was, before], [is, this.#workflow]);
  }
}

function byName({ templates }: Workflow): ReadonlyMap<string, Template> {
  return new Map(templates.map((template) => [template.name, template]));
}

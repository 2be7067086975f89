import type { Workflow } from "../document/workflow.ts";
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
  const now = fingerprintsOf(workflow);
  const then = new Map<Workflow, ReadonlyMap<string, string>>();
  return (run, template) => {
    const fingerprint = now.get(template);
    if (fingerprint === undefined) return run.run >= (madeIn(template) ?? Infinity);
    const before = documents.of(run)?.workflow;
    if (before === undefined) return false;
    if (before === workflow) return true;
    const fingerprints = then.get(before) ?? fingerprintsOf(before);
    then.set(before, fingerprints);
    return fingerprints.get(template) === fingerprint;
  };
}

function fingerprintsOf({ templates }: Workflow): ReadonlyMap<string, string> {
  return new Map(templates.map(({ name, fingerprint }) => [name, fingerprint]));
}

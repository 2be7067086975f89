import type { Workflow } from "../document/workflow.ts";
import type { RunRecord } from "./record.ts";
import type { PastDocuments } from "./past-documents.ts";

/** Whether the template of a name was in an earlier run what it is now. */
export type IsSameTemplate = (run: RunRecord, template: string) => boolean;

/**
 * Compares templates of a document with those of earlier runs.
 *
 * @param isMade whether a template of that name was made by a generator that stays done: then it is what it was.
 */
export function sameTemplates(
  workflow: Workflow,
  documents: PastDocuments,
  isMade: (template: string) => boolean,
): IsSameTemplate {
  const now = fingerprintsOf(workflow);
  const then = new Map<Workflow, ReadonlyMap<string, string>>();
  return (run, template) => {
    const fingerprint = now.get(template);
    if (fingerprint === undefined) return isMade(template);
    const before = documents.of(run);
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

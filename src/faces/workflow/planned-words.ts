import { printable } from "../../domain/printable.ts";
import type { PlannedGroup, PlannedReason } from "../../workflows/views/plan.ts";
import { changesWords, reasonWords } from "./reason-words.ts";

/** Why a run would run an instance, or not: `because clean[day=2031-01-03] runs again`. */
export function plannedWords(reason: PlannedReason): string {
  switch (reason.kind) {
    case "follows":
      return `because ${printable(reason.instance)} runs again`;
    case "unless":
      return `unless ${printable(reason.instance)} makes the same again`;
    case "if":
      return `if ${printable(reason.instance)} runs`;
    case "missing":
      return `others make ${printable(reason.path)}`;
    default:
      return reasonWords(reason);
  }
}

/** The same of several instances: `because input raw changed, such as data/raw/2031-01-03.csv`. */
export function groupWords({ reason, count }: Pick<PlannedGroup, "reason" | "count">): string {
  if (count === 1) return plannedWords(reason);
  switch (reason.kind) {
    case "changed": {
      const path = reason.changes.find((change) => change.path !== undefined)?.path;
      const words = changesWords(reason.changes.map((change) => ({ ...change, path: pathOfAll(change) })));
      return `because ${words}${path === undefined || words.includes(printable(path)) ? "" : `, such as ${printable(path)}`}`;
    }
    case "missing":
      return `${plannedWords(reason)} and others`;
    case "again":
      return plannedWords({ kind: "again", instance: reason.instance && taskOf(reason.instance) });
    default:
      return plannedWords({ kind: reason.kind, instance: taskOf(reason.instance) });
  }
}

/** Code without axes in its path is the same for all. */
function pathOfAll({ part, path }: { readonly part: string; readonly path?: string | undefined }): string | undefined {
  return part === "code" ? path : undefined;
}

function taskOf(name: string): string {
  const bracket = name.indexOf("[");
  return bracket < 0 ? name : name.slice(0, bracket);
}

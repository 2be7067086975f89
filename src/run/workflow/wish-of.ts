import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { templateIn } from "../../workflows/graph/instance-name.ts";
import { type Basis, type BasisOptions, basisOf } from "../../workflows/history/basis.ts";
import { filesDecide } from "../../workflows/source/rule-checks.ts";
import type { Wish } from "../../workflows/history/place-wish.ts";
import type { WorkflowRequest } from "./workflow-request.ts";
import { failedInstances } from "./failed-instances.ts";

/**
 * What is wanted of a document: what was asked for; or those instances that have failed, where these alone are to run and nobody
 * has named them. Where the failed ones are retried with all the rest, files do not keep them from it.
 *
 * @throws UserError `nothing-to-do` when none has failed, which is no failure; as `basisOf` does.
 */
export async function wishOf(
  { goals, from, only, force, retriesFailed = false, noCache, maxInstances }: WorkflowRequest,
  how: Omit<BasisOptions, "wish">,
): Promise<Wish> {
  const wish = {
    goals,
    from,
    only,
    force: force.length === 0 ? undefined : force,
    noCache: noCache || undefined,
    maxInstances,
  };
  const isOnlyFailed = only && goals.length === 0;
  if (!isOnlyFailed && !retriesFailed) return wish;
  const basis = await basisOf({ ...how, wish });
  const failed = failedInstances(basis);
  if (isOnlyFailed && failed.length === 0) throw nothingToDo("nothing has failed");
  // Files do not tell that it has failed.
  const decided = failed.filter((name) => areFilesAsked(basis, name));
  if (isOnlyFailed) return { ...wish, goals: failed, force: decided.length === 0 ? wish.force : decided };
  const forced = [...force, ...decided.filter((name) => isWanted(basis, name))];
  return { ...wish, force: forced.length === 0 ? undefined : forced };
}

function areFilesAsked({ graph }: Pick<Basis, "graph">, name: string): boolean {
  const template = graph.templateOf(templateIn(name));
  const files = template === undefined ? undefined : graph.template(template).files;
  return files !== undefined && filesDecide(files);
}

/** Whatever is forced is wanted, too: what no goal needs any more stays as it is. */
function isWanted({ graph, selection }: Pick<Basis, "graph" | "selection">, name: string): boolean {
  const instance = graph.known(name);
  return instance !== undefined && selection.wants(instance.template, instance.index);
}

/** Said of a run that would run nothing. */
export function nothingToDo(what: string): UserError {
  return new UserError("nothing-to-do", `nothing to do: ${what}`, { exitCode: EXIT.done });
}

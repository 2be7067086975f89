import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { type BasisOptions, basisOf } from "../../workflows/history/basis.ts";
import type { Wish } from "../../workflows/history/place-wish.ts";
import type { WorkflowRequest } from "./workflow-request.ts";
import { failedInstances } from "./failed-instances.ts";

/**
 * What is wanted of a document: what was asked for; or those instances that have failed, where these alone are to run and nobody
 * has named them.
 *
 * @throws UserError `nothing-to-do` when none has failed, which is no failure; as `basisOf` does.
 */
export async function wishOf(
  { goals, from, only, maxInstances }: WorkflowRequest,
  how: Omit<BasisOptions, "wish">,
): Promise<Wish> {
  const wish = { goals, from, only, maxInstances };
  if (!only || goals.length > 0) return wish;
  const failed = failedInstances(await basisOf({ ...how, wish }));
  if (failed.length === 0) throw nothingToDo("nothing has failed");
  return { ...wish, goals: failed };
}

/** Said of a run that would run nothing. */
export function nothingToDo(what: string): UserError {
  return new UserError("nothing-to-do", `nothing to do: ${what}`, { exitCode: EXIT.done });
}

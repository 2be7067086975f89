import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { plural } from "../../domain/plural.ts";

/** What is known of callers that may have been anybody's and had put something, and what to do if they were the user's. */
export function callersLost(count: number): string {
  const [they, were] = count === 1 ? ["it", "was"] : ["they", "were"];
  return `${plural(count, "program")} closed before anybody could tell whose ${they} ${were}, so what ${they} put was not taken: if ${they} ${were} yours, have it wait for an answer before it closes, or use --kvs-open`;
}

/** Tasks may be missing of a run that has done all that it was given. */
export function lostError(count: number): UserError | undefined {
  return count === 0 ? undefined : new UserError("kvs-callers-lost", callersLost(count), { exitCode: EXIT.unfinished });
}

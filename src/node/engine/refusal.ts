import { constants } from "node:os";
import { type CommandOutcome, NO_LEAK } from "../../domain/result.ts";
import { CANNOT_START } from "./runner.ts";

/** What comes of a task that its engine cannot ever start, for want of what it needs. @param terms its terms, as text. */
export function outcomeOfRefusal(terms: string): CommandOutcome {
  const snippet = `${CANNOT_START}its engine has not all of what it needs: ${terms}`.slice(0, MOST_TEXT);
  const now = Date.now() / 1000;
  const ending = { type: "not-started", errno: constants.errno.ENODEV } as const;
  const error = { bytes: Buffer.byteLength(snippet), snippet };
  return { pid: -1, ending, start: now, finish: now, output: NO_LEAK, error };
}

/** Drivers take no longer snippet. Characters. */
const MOST_TEXT = 512;

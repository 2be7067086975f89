import type { Ending } from "./ending.ts";
import type { RetryCause, RetryRules } from "./terms/retry-rules.ts";

/**
 * Seconds until a task is tried again that has just failed; undefined when it is not.
 *
 * @param failures tries that have failed, this one included.
 */
export function retryDelay(rules: RetryRules | undefined, failures: number, ending: Ending): number | undefined {
  if (rules === undefined || failures > rules.max || !rules.on.some((cause) => isOf(cause, ending))) return undefined;
  return Math.min(rules.limit, rules.delay * rules.backoff ** (failures - 1));
}

function isOf(cause: RetryCause, ending: Ending): boolean {
  switch (cause) {
    case "any":
      return ending.type !== "given-up" && ending.type !== "stopped" && ending.type !== "unmet";
    case "signal":
      return ending.type === "signalled";
    case "timeout":
      return ending.type === "timed-out";
    case "memory":
      return ending.type === "out-of-memory";
    default:
      return ending.type === "exited" && ending.code >= cause[0] && ending.code <= cause[1];
  }
}

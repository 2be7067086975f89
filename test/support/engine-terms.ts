import type { EngineTerms } from "../../src/domain/engine-terms.ts";
import { LIMITS } from "../../src/domain/limits.ts";

/** What engines of a run are told about which a test wants nothing special, and what it wants. */
export function engineTerms(more: Partial<EngineTerms> = {}): EngineTerms {
  return {
    resources: [],
    cwd: "/",
    prefix: "/run",
    threadEnv: true,
    output: { keep: "none", limit: 65_536 },
    offer: { named: {} },
    logLevel: "INFO",
    logFormat: "text",
    lease: 60,
    onDriverLost: "kill",
    limits: LIMITS,
    ...more,
  };
}

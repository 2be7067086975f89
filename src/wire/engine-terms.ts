import * as v from "valibot";
import { BINDINGS, type EngineTerms } from "../domain/engine-terms.ts";
import { ON_DRIVER_LOST } from "../domain/lease.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../domain/log.ts";
import { MOST_OUTPUT_LIMIT, OUTPUT_KEEPS } from "../domain/output.ts";
import { Amount, Count, Seconds } from "./messages.ts";

/** What all engines of a run are told, wherever it is passed on. */
export const EngineTermsSchema: v.GenericSchema<unknown, EngineTerms> = v.object({
  resources: v.pipe(v.array(v.string()), v.readonly()),
  cwd: v.string(),
  prefix: v.string(),
  threadEnv: v.boolean(),
  output: v.object({ keep: v.picklist(OUTPUT_KEEPS), limit: v.pipe(Count, v.maxValue(MOST_OUTPUT_LIMIT)) }),
  offer: v.object({ named: v.record(v.string(), Amount), bind: v.optional(v.picklist(BINDINGS)) }),
  logLevel: v.picklist(LOG_LEVELS),
  logFormat: v.picklist(LOG_FORMATS),
  lease: v.pipe(Seconds, v.gtValue(0)),
  onDriverLost: v.picklist(ON_DRIVER_LOST),
  drainTimeout: v.optional(v.pipe(Seconds, v.minValue(0))),
});

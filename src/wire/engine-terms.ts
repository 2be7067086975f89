import { constants } from "node:os";
import * as v from "valibot";
import { BINDINGS } from "../domain/binding.ts";
import type { EngineTerms } from "../domain/engine-terms.ts";
import { ON_DRIVER_LOST } from "../domain/lease.ts";
import type { LimitTerms } from "../domain/limits.ts";
import { LOG_FORMATS, LOG_LEVELS } from "../domain/log.ts";
import type { ThrottleTerms } from "../domain/throttle.ts";
import { MOST_OUTPUT_LIMIT, OUTPUT_KEEPS } from "../domain/output-terms.ts";
import { Amount, Count, Seconds } from "./messages.ts";

const Signal = v.custom<NodeJS.Signals>(
  (value) => typeof value === "string" && Object.hasOwn(constants.signals, value),
);

const LimitsSchema: v.GenericSchema<unknown, LimitTerms> = v.object({
  timeoutSignal: Signal,
  grace: v.pipe(Seconds, v.minValue(0)),
  warn: v.optional(v.pipe(Seconds, v.minValue(0))),
  warnSignal: Signal,
});

const Above = v.pipe(v.number(), v.finite(), v.gtValue(0));

const ThrottleSchema: v.GenericSchema<unknown, ThrottleTerms> = v.object({
  delay: v.optional(Above),
  maxLoad: v.optional(v.object({ most: Above, ofCores: v.boolean() })),
  minFreeMemory: v.optional(Above),
});

/** What all engines of a run are told, wherever it is passed on. */
export const EngineTermsSchema: v.GenericSchema<unknown, EngineTerms> = v.object({
  resources: v.pipe(v.array(v.string()), v.readonly()),
  cwd: v.string(),
  prefix: v.string(),
  threadEnv: v.boolean(),
  limits: LimitsSchema,
  throttle: v.optional(ThrottleSchema),
  output: v.object({ keep: v.picklist(OUTPUT_KEEPS), limit: v.pipe(Count, v.maxValue(MOST_OUTPUT_LIMIT)) }),
  offer: v.object({ named: v.record(v.string(), Amount), bind: v.optional(v.picklist(BINDINGS)) }),
  logLevel: v.picklist(LOG_LEVELS),
  logFormat: v.picklist(LOG_FORMATS),
  lease: v.pipe(Seconds, v.gtValue(0)),
  onDriverLost: v.picklist(ON_DRIVER_LOST),
  drainTimeout: v.optional(v.pipe(Seconds, v.minValue(0))),
});

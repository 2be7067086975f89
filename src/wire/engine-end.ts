import * as v from "valibot";

/** Which engine is to be ended, as JSON on the standard input of the process that does it. */
const EngineEndSchema = v.object({
  engineId: v.string(),
  /** Process id of the engine, or of its parent; never one that stands for a group or for everybody. */
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
});

export type EngineEnd = v.InferOutput<typeof EngineEndSchema>;

/** @throws Error when the text names no engine. */
export function parseEngineEnd(text: string): EngineEnd {
  return v.parse(EngineEndSchema, JSON.parse(text));
}

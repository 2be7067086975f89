import * as v from "valibot";

/** What the spawn probe is asked to start. */
export const ProbeRequest = v.object({
  file: v.string(),
  args: v.array(v.string()),
  env: v.record(v.string(), v.string()),
  cwd: v.string(),
});

const End = v.variant("type", [
  v.object({ type: v.literal("exited"), code: v.number() }),
  v.object({ type: v.literal("signalled"), signal: v.number() }),
  v.object({ type: v.literal("not-started"), errno: v.number(), reason: v.string() }),
]);

/** What became of it. */
export const ProbeAnswer = v.object({
  /** As `spawn` returned it. */
  pid: v.number(),
  /** What `ended` was called with, each time. */
  ends: v.array(End),
  /** True when `ended` was called before `spawn` had returned. */
  tooEarly: v.boolean(),
  output: v.string(),
  error: v.string(),
});

export type ProbeRequest = v.InferOutput<typeof ProbeRequest>;
export type ProbeAnswer = v.InferOutput<typeof ProbeAnswer>;

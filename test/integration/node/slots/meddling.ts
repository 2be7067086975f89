import * as v from "valibot";

/** What a meddler is told to do. */
export const Meddling = v.object({
  how: v.picklist(["call", "say nothing", "listen"]),
  path: v.string(),
  authority: v.exactOptional(v.string()),
  certificate: v.exactOptional(v.string()),
  key: v.exactOptional(v.string()),
});

export type Meddling = v.InferOutput<typeof Meddling>;

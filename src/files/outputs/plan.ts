import * as v from "valibot";
import { parseJson } from "../../domain/json.ts";

/**
 * How what stood at a place comes out of the way, so that it can come back.
 *
 * - `linked`: it got a second name, and is replaced in one step. Files.
 * - `moved`: it is renamed, and for a moment nothing is there. Folders, which no system replaces in one step.
 */
const OLD_WAYS = ["linked", "moved"] as const;
export type OldWay = (typeof OLD_WAYS)[number];

/** An output on its way into its place. */
export interface PlannedOutput {
  readonly name: string;
  /** Where it is put: an absolute path, or one from the folder of the run's tasks, so that the whole tree may be moved. */
  readonly path: string;
  /** Name under which it was written, in the folder of its name. */
  readonly file: string;
  /** How what stands there now is kept; missing where nothing does. */
  readonly old?: OldWay | undefined;
  /** Folder of the stage on the file system of the place, where that is not the one of the run's stage; as `path`. */
  readonly elsewhere?: string | undefined;
}

const PlanSchema = v.object({
  outputs: v.array(
    v.object({
      name: v.pipe(v.string(), v.regex(/^\w+$/)),
      path: v.pipe(v.string(), v.minLength(1)),
      file: v.pipe(v.string(), v.regex(/^(?!\.\.?$)[^/]+$/)),
      old: v.optional(v.picklist(OLD_WAYS)),
      elsewhere: v.optional(v.string()),
    }),
  ),
});

/** The text of a plan. */
export function formatPlan(outputs: readonly PlannedOutput[]): string {
  return JSON.stringify({ outputs });
}

/** Reads it again; undefined for what is none. */
export function parsePlan(text: string): readonly PlannedOutput[] | undefined {
  const parsed = v.safeParse(PlanSchema, parseJson(text));
  return parsed.success ? parsed.output.outputs : undefined;
}

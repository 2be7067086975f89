import * as v from "valibot";
import { UserError } from "../../domain/errors.ts";
import type { PlacedParameter } from "./daggy-parameters.ts";
import type { PlacedParameters } from "./daggy-placed-parameters.ts";
import type { Dialect } from "./daggy-words.ts";

/** What holds for tasks that are printed, as a document of ours has it for their generator. */
const SETTINGS = v.object({
  dialect: v.picklist(["c", "rust"] satisfies Dialect[]),
  parameters: v.optional(
    v.array(
      v.object({
        key: v.string(),
        literal: v.string(),
        kind: v.picklist(["axis", "param", "text"] satisfies PlacedParameter["kind"][]),
        name: v.string(),
      }),
    ),
    [],
  ),
  dollar: v.optional(v.string()),
  jobDefaults: v.optional(v.unknown()),
  allowsUnknown: v.optional(v.boolean(), false),
  /** What tasks are called in our document that have another name there. */
  names: v.optional(v.record(v.string(), v.string()), {}),
  /** How many generators come one after the other. */
  depth: v.optional(v.number(), 1),
});

export type DaggySettings = v.InferOutput<typeof SETTINGS>;

/** Reads settings out of a document. @throws UserError `generator-refused` for those that no import has written. */
export function readSettings(settings: unknown, by: string): DaggySettings {
  const read = v.safeParse(SETTINGS, settings);
  if (read.success) return read.output;
  throw new UserError(
    "generator-refused",
    `${by}: what its document says with tasks: daggy is not what an import writes`,
  );
}

/** The settings of a document, as they stand in ours. */
export function settingsOf(
  { all, dollar }: Pick<PlacedParameters, "all" | "dollar">,
  {
    dialect,
    defaults,
    allowsUnknown,
    names,
  }: {
    readonly dialect: Dialect;
    readonly defaults: unknown;
    readonly allowsUnknown: boolean;
    readonly names: Readonly<Record<string, string>>;
  },
): Readonly<Record<string, unknown>> {
  const parameters = all.map(({ key, literal, kind, name }) => ({ key, literal, kind, name }));
  return {
    dialect,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(dollar === undefined ? {} : { dollar }),
    ...(defaults === undefined ? {} : { jobDefaults: defaults }),
    ...(allowsUnknown ? { allowsUnknown } : {}),
    ...(Object.keys(names).length === 0 ? {} : { names }),
  };
}

import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";

/** Schemas that are told by a name. */
export interface Vocabulary {
  readonly named: Readonly<Record<string, v.GenericSchema>>;
  /** Schemas that check by hand, and the name of the schema that says what they check. */
  readonly byHand: ReadonlyMap<v.GenericSchema, string>;
}

/** Makes JSON Schema of schemas: those that have a name are referred to. */
export class SchemaWriter {
  readonly #vocabulary: Vocabulary;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** The schema of a value, as it arrives. */
  of(schema: v.GenericSchema): JsonSchema {
    return this.#convert(schema, this.#vocabulary.named);
  }

  /** All that have a name, by it. */
  named(): Record<string, JsonSchema> {
    const { named } = this.#vocabulary;
    return Object.fromEntries(
      Object.entries(named).map(([name, schema]) => {
        // A schema does not refer to itself: none of them is recursive.
        const { [name]: _, ...others } = named;
        return [name, this.#convert(schema, others)];
      }),
    );
  }

  #convert(schema: v.GenericSchema, definitions: Vocabulary["named"]): JsonSchema {
    const {
      $schema: _,
      $defs: _defs,
      ...rest
    } = toJsonSchema(schema, {
      target: "draft-2020-12",
      typeMode: "input",
      definitions,
      // What JSON cannot say anyway, or what only a program checks.
      ignoreActions: ["finite", "readonly", "check"],
      overrideRef: ({ referenceId }) => referenceTo(referenceId),
      overrideSchema: ({ valibotSchema }) => {
        const name = this.#vocabulary.byHand.get(valibotSchema);
        return name === undefined ? undefined : { $ref: referenceTo(name) };
      },
    });
    return rest;
  }
}

function referenceTo(name: string): string {
  return `#/components/schemas/${name}`;
}

/**
 * Why an instance of a workflow runs.
 *
 * - `never`: no run of the prefix has run it to its end.
 * - `failed`: it failed, or was stopped.
 * - `changed`: it was done, and something has changed since.
 * - `again`: it was done, and something that it needs has run since.
 * - `forced`: somebody has asked for it, or for something that it depends on.
 */
export type RunReason =
  | { readonly kind: "never" | "failed" | "forced" }
  | { readonly kind: "changed"; readonly changes: readonly Change[] }
  | {
      readonly kind: "again";
      /** Name of an instance that it needs; undefined where it is not known. */
      readonly instance?: string | undefined;
    };

/** Something that decides about what an instance makes, and is not what it was. */
export interface Change {
  readonly part: ChangedPart;
  /** Name of the input, output, variable or parameter; undefined for parts that a task has once. */
  readonly name?: string | undefined;
  /** Path of the file, as the document has it. */
  readonly path?: string | undefined;
  readonly how: "changed" | "missing" | "new" | "gone" | "newer";
  /** Values of a parameter or variable before and now, where they are known. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

export const CHANGED_PARTS = [
  "command",
  "shell",
  "workdir",
  "code",
  "input",
  "output",
  "env",
  "param",
  "secrets",
  "needs",
  "condition",
  "axes",
  "generates",
  "record",
] as const;
export type ChangedPart = (typeof CHANGED_PARTS)[number];

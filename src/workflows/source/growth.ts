/** What a generator has made, as it is kept. */
export type Growth =
  /** Values of an axis, in lines that are complete. Kept before any instance of them is given out. */
  | {
      readonly type: "values";
      /** Name of the generator's instance. */
      readonly by: string;
      readonly attempt: number;
      /** New to the attempt: others may have made them, too. None where it has printed nothing until its end. */
      readonly values: readonly string[];
      /** Bytes that the attempt had printed with these lines. */
      readonly offset: number;
    }
  /** Tasks, as they were printed. Kept before the generator counts as done. */
  | { readonly type: "tasks"; readonly by: string; readonly attempt: number; readonly text: string };

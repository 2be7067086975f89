/** One line of `PREFIX_workflow.jsonl`: what a workflow is, beside its document, and what came of it, beside the status file. */
export type HistoryRecord =
  /** A run of the document begins. */
  | {
      readonly type: "run";
      /** 1 for the first of this prefix. */
      readonly run: number;
      /** Unix time in seconds. */
      readonly time: number;
      /** Digest of the document's archive, which stands before. */
      readonly document: string;
      /** Absolute path of the document. */
      readonly file: string;
      /** Parameters that were given. */
      readonly params: Readonly<Record<string, string>>;
      readonly goals: readonly string[];
      readonly from: readonly string[];
      /** Task ids of this run's instances begin here. The same as in the run before where the instances are numbered alike. */
      readonly firstId: number;
      /** Bytes that the status file had. */
      readonly statusFrom: number;
    }
  /** All texts that a document was read from, by path: compressed. */
  | { readonly type: "document"; readonly digest: string; readonly data: string }
  /** Values of an axis that a generator has printed, in lines that are complete. Written before any instance of them is given out. */
  | {
      readonly type: "values";
      /** Name of the generator's instance. */
      readonly by: string;
      readonly attempt: number;
      readonly values: readonly string[];
      /** Bytes that the attempt had printed with these lines. */
      readonly offset: number;
    }
  /** Tasks that a generator has printed, as it printed them. Written before it counts as done. */
  | { readonly type: "tasks"; readonly by: string; readonly attempt: number; readonly text: string }
  /** Somebody says that instances are done, or not. */
  | { readonly type: "mark"; readonly time: number; readonly done: boolean; readonly instances: readonly string[] };

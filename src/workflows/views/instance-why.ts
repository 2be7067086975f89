import type { RunReason } from "../../domain/run-reason.ts";

/** Why an instance runs in a run, or does not. */
export type InstanceWhy =
  | { readonly kind: "runs"; readonly reason: RunReason }
  /** What an earlier run made still holds; `stayed`: it was done already, and nothing has changed since. */
  | ({ readonly kind: "reused" | "stayed" } & EarlierWork)
  /** Somebody has said that it is done, after the run of this number. */
  | { readonly kind: "marked"; readonly run: number; readonly time: number }
  /** Others were to make the file, and have not. */
  | { readonly kind: "missing"; readonly path: string }
  /** It ran, and the run had more reasons than are kept. */
  | { readonly kind: "untold" };

/** What an earlier run has done. */
export interface EarlierWork {
  readonly run: number;
  /** Unix time in seconds at which it ended, and the host where it ran; undefined where no record of the prefix has it. */
  readonly time?: number | undefined;
  readonly node?: string | undefined;
}

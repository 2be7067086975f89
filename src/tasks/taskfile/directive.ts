/** What one `#DISBATCH` line says. */
export type Directive =
  | { readonly kind: "prefix" | "suffix"; readonly text: string }
  | { readonly kind: "terms"; readonly text: string }
  | RepeatDirective
  | BarrierDirective
  | { readonly kind: "per-engine"; readonly when: "start" | "stop"; readonly command: string };

/** `REPEAT`: a command that is run for each of a row of indexes. */
export interface RepeatDirective {
  readonly kind: "repeat";
  readonly count: number;
  readonly start: number;
  readonly step: number;
  /** Empty when the line gives none. */
  readonly command: string;
}

/** `BARRIER`, with `CHECK` or without. */
export interface BarrierDirective {
  readonly kind: "barrier";
  readonly check: boolean;
  /** Name for a key-value server; never empty. */
  readonly key?: string;
}

/** A `#DISBATCH` line that does not say anything. */
export interface Misuse {
  readonly kind: "misuse";
  readonly code: MisuseCode;
  /** Column of the mistake, from 1. Everything before it is ASCII, so that this counts bytes as well. */
  readonly column: number;
  readonly message: string;
  readonly hint: string;
  /** What disBatch 3 makes of the line, and what that is in words; none when it cannot be done here. */
  readonly lenient?: { readonly reading: Directive | "task" | "nothing"; readonly says: string };
}

type MisuseCode =
  | "unknown-directive"
  | "bad-prefix"
  | "bad-suffix"
  | "bad-repeat"
  | "bad-barrier"
  | "bad-per-engine"
  | "bad-terms"
  | "byte-order-mark";

/** What every directive starts with; the one blank is part of it. */
export const DIRECTIVE_START = "#DISBATCH ";

/** Column of the directive's word. */
export const WORD_COLUMN = DIRECTIVE_START.length + 1;

/** How disBatch 3 takes a directive that it does not recognise. */
export const IGNORED = { reading: "nothing", says: "the line is ignored" } as const;

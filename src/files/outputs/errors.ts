import { errnoOf } from "../../domain/system-error.ts";

/** Outputs that are not put in place, and why, in words that name one of them. */
export class OutputError extends Error {
  /** Nobody is certain whether outputs are in place; whoever settles the attempt brings them there or back. */
  readonly isOpen: boolean;

  constructor(message: string, cause?: unknown, isOpen = false) {
    super(message, { cause });
    this.name = "OutputError";
    this.isOpen = isOpen;
  }
}

/** Whether a call has failed with one of these. */
export function hasFailedWith(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(errnoOf(error) ?? "");
}

/** What a call gives, or undefined where nothing goes by that name. */
export async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasFailedWith(error, "ENOENT")) return undefined;
    throw error;
  }
}

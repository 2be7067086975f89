import { UserError } from "../../src/domain/errors.ts";

/** The UserError that this throws. */
export function userErrorOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("there was no error");
}

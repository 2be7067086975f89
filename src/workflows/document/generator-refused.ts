import { UserError, withHint } from "../../domain/errors.ts";
import { plural } from "../../domain/plural.ts";
import type { Mistakes } from "./mistakes.ts";

/** Why tasks cannot be taken that a generator has printed: the first mistake, with the line where it stands, and how many more. */
export function generatorRefused(mistakes: Mistakes): UserError {
  const diagnostics = mistakes.diagnostics();
  const [first] = diagnostics;
  const others = mistakes.count === 1 ? "" : ` (and ${plural(mistakes.count - 1, "more mistake")})`;
  const what = first === undefined ? "" : `line ${first.place.line}: ${withHint(first)}`;
  const why = `it has printed tasks that cannot be taken: ${what}${others}`;
  return new UserError("generator-refused", why, { diagnostics });
}

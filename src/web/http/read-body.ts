import * as v from "valibot";
import { parseJson } from "../../domain/json.ts";
import { ProblemError } from "./problem-error.ts";

/** Bytes of a body; all that are asked for are short. */
const LONGEST_BODY = 64 * 1024;

/**
 * What a request has in its body.
 *
 * @throws ProblemError `body-of-other-type`, `body-too-long`, `body-invalid`.
 */
export async function readBody<T>(request: Request, schema: v.GenericSchema<unknown, T>): Promise<T> {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers.get("Content-Type") ?? ""))
    throw new ProblemError("body-of-other-type", 415, "send JSON, with Content-Type: application/json");
  const result = v.safeParse(schema, parseJson(await textOf(request)));
  if (result.success) return result.output;
  throw new ProblemError("body-invalid", 400, `the body is not what is asked for here: ${ruleOf(result.issues[0])}`);
}

/** What is wanted, where the schema has no words for people. */
const WANTED: ReadonlyMap<string, string> = new Map([
  ["integer", "a whole number"],
  ["safe_integer", "a whole number"],
  ["number", "a number"],
  ["string", "a text"],
]);

/** The rule that a body breaks. */
function ruleOf(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue);
  if (where === null) return "it has to be an object of JSON";
  if (issue.expected === "never") return `${where} is nothing that can be said here`;
  if (issue.received === "undefined") return `${where} is missing`;
  return `${where} has to be ${WANTED.get(issue.type) ?? issue.expected ?? "something else"}`;
}

async function textOf({ body }: Request): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > LONGEST_BODY) throw new ProblemError("body-too-long", 413, `a body has at most ${LONGEST_BODY} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

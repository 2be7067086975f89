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
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  const what = `${where === null ? "" : `${where}: `}expected ${issue.expected ?? "something else"}`;
  throw new ProblemError("body-invalid", 400, `the body is not what is asked for here: ${what}`);
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

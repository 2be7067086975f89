import { STREAMS } from "../../domain/output.ts";
import { type ByteRange, readRange } from "../http/byte-range.ts";
import { NONE, choice } from "../http/parameters.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { Route } from "../http/route.ts";
import type { KeptStream } from "./answers.ts";
import { raw, RUN_PATH } from "./served.ts";
import { TASK, TASK_PROBLEMS } from "./task-routes.ts";
import { runOf, unknownTask, type WebContext } from "./web-context.ts";

interface OutputPlace {
  readonly range: ByteRange;
  /** Bytes that are kept in all. */
  readonly size: number;
  readonly isPart: boolean;
}

/** What a task has printed, as far as it is kept. */
export const OUTPUT_ROUTE: Route<WebContext> = raw({
  path: `${RUN_PATH}/tasks/{task}/output/{stream}`,
  name: "getOutput",
  summary:
    "What is kept of what a task has printed, in the last attempt of which something is, or the bytes of it that a Range header names. They are counted from the first one that is kept.",
  pathParameters: { ...TASK, stream: choice(STREAMS, { description: "Which stream.", example: "stdout" }) },
  query: NONE,
  problems: {
    ...TASK_PROBLEMS,
    404: "There is no such run here, no such task, or nothing is kept of what it has printed, or that cannot be read.",
    416: "Nothing is kept of that range.",
  },
  answer: {
    type: ["text/plain"],
    description:
      "All that is kept. `Disbatch-Missing` says how many bytes came before it, and `Disbatch-Attempt` which attempt it is of.",
    statuses: { 206: "The bytes that were asked for." },
  },
  handle: async (context, { path: { id, task, stream }, request }) => {
    const run = runOf(context, id);
    // Nobody has been told a validator that could match.
    const header = request.headers.has("If-Range") ? undefined : (request.headers.get("Range") ?? undefined);
    const part = await run.output(task, stream, (kept) => placeOf(header, kept).range);
    if (part === undefined) {
      if ((await run.followed.task(task)) === undefined) throw unknownTask(task);
      throw new ProblemError("output-unknown", 404, `nothing is kept of what task ${task} has printed to ${stream}`);
    }
    const { kept, bytes } = part;
    const { range, size, isPart } = placeOf(header, kept);
    if (bytes.length < range.to - range.from) {
      const what = `what is kept of what task ${task} has printed to ${stream}`;
      throw new ProblemError("output-unreadable", 404, `${what} cannot be read: some of it is not there`);
    }
    const headers = new Headers({
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(bytes.length),
      "Accept-Ranges": "bytes",
      "Disbatch-Attempt": String(kept.attempt),
      "Disbatch-Missing": String(kept.missing),
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    });
    if (isPart) headers.set("Content-Range", `bytes ${range.from}-${range.to - 1}/${size}`);
    return new Response(new Uint8Array(bytes), { status: isPart ? 206 : 200, headers });
  },
});

/** Which bytes of those that are kept are wanted, and whether that is a part. @throws ProblemError `range-not-kept`. */
function placeOf(header: string | undefined, { bytes, missing }: KeptStream): OutputPlace {
  const size = bytes - missing;
  const asked = readRange(header, size);
  if (asked === "unsatisfiable") {
    const headers = { "Content-Range": `bytes */${size}` };
    throw new ProblemError("range-not-kept", 416, `${size} bytes are kept, and none of that range`, headers);
  }
  return { range: asked ?? { from: 0, to: size }, size, isPart: asked !== undefined };
}

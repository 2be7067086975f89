import { STREAMS } from "../../domain/output.ts";
import { type ByteRange, readRange } from "../http/byte-range.ts";
import { NONE, choice } from "../http/parameters.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { Route } from "../http/route.ts";
import { raw, RUN_PATH } from "./served.ts";
import { TASK, TASK_PROBLEMS } from "./task-routes.ts";
import { runOf, unknownTask, type WebContext } from "./web-context.ts";

/** Bytes that are read at once, so that memory does not grow with what tasks print. */
const PIECE = 256 * 1024;

/** What a task has printed, as far as it is kept. */
export const OUTPUT_ROUTE: Route<WebContext> = raw({
  path: `${RUN_PATH}/tasks/{task}/output/{stream}`,
  name: "getOutput",
  summary:
    "What is kept of what the last attempt of a task has printed, or the bytes of it that a Range header names. They are counted from the first one that is kept.",
  pathParameters: { ...TASK, stream: choice(STREAMS, { description: "Which stream.", example: "stdout" }) },
  query: NONE,
  problems: {
    ...TASK_PROBLEMS,
    404: "There is no such run here, no such task, or nothing is kept of what it has printed.",
    416: "Nothing is kept of that range.",
  },
  answer: {
    type: ["text/plain"],
    description: "All that is kept. `Disbatch-Missing` says how many bytes came before it.",
    statuses: { 206: "The bytes that were asked for." },
  },
  handle: async (context, { path: { id, task, stream }, request }) => {
    const run = runOf(context, id);
    const kept = (await run.kept(task))[stream];
    if (kept === undefined) {
      if ((await run.followed.task(task)) === undefined) throw unknownTask(task);
      throw new ProblemError("output-unknown", 404, `nothing is kept of what task ${task} has printed to ${stream}`);
    }
    const size = kept.bytes - kept.missing;
    // Nobody has been told a validator that could match.
    const header = request.headers.has("If-Range") ? undefined : (request.headers.get("Range") ?? undefined);
    const asked = readRange(header, size);
    if (asked === "unsatisfiable") {
      const headers = { "Content-Range": `bytes */${size}` };
      throw new ProblemError("range-not-kept", 416, `${size} bytes are kept, and none of that range`, headers);
    }
    const range = asked ?? { from: 0, to: size };
    const headers = new Headers({
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(range.to - range.from),
      "Accept-Ranges": "bytes",
      "Disbatch-Missing": String(kept.missing),
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    });
    if (asked !== undefined) headers.set("Content-Range", `bytes ${range.from}-${range.to - 1}/${size}`);
    const read = (from: number, to: number): Promise<Buffer> =>
      run.output(task, stream, kept.missing + from, kept.missing + to);
    const body = request.method === "HEAD" ? null : piecesOf(range, read);
    return new Response(body, { status: asked === undefined ? 200 : 206, headers });
  },
});

/** Reads the range piece by piece, as fast as they are taken. */
function piecesOf(
  { from, to }: ByteRange,
  read: (from: number, to: number) => Promise<Buffer>,
): ReadableStream<Uint8Array> {
  let at = from;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (at >= to) return controller.close();
        const piece = await read(at, Math.min(to, at + PIECE));
        // The length has been told: whoever reads has to see that there is less.
        if (piece.length === 0) return controller.error(new Error("what was kept is not there any more"));
        at += piece.length;
        controller.enqueue(new Uint8Array(piece));
      },
    },
    { highWaterMark: 0 },
  );
}

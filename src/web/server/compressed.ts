import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { takesGzip } from "./served-files.ts";

/** Less than this many bytes is sent in one packet in any case. */
const WORTH_IT = 1024;
/** JSON becomes a tenth at this level; the highest would take five times as long for a few bytes less. */
const LEVEL = 3;
const TEXT = /^(?:application\/(?:problem\+)?json|text\/(?:plain|html|csv))(?:;|$)/;

/**
 * The same answer, compressed where that is worth it. Streams of events stay as they are, and so does what can be asked for in
 * parts, as they are parts of the plain bytes.
 */
export async function compressed(response: Response, accepted: string | undefined): Promise<Response> {
  const { headers, status } = response;
  const isText = TEXT.test(headers.get("Content-Type") ?? "");
  if (!isText || response.body === null || headers.has("Accept-Ranges") || headers.has("Content-Encoding"))
    return response;
  const bytes = Buffer.from(await response.arrayBuffer());
  const made = new Headers(headers);
  made.append("Vary", "Accept-Encoding");
  const isWorthIt = bytes.length > WORTH_IT && takesGzip(accepted);
  const sent = isWorthIt ? Buffer.from(await promisify(gzip)(bytes, { level: LEVEL })) : bytes;
  if (isWorthIt) made.set("Content-Encoding", "gzip");
  made.set("Content-Length", String(sent.length));
  return new Response(sent, { status, headers: made });
}

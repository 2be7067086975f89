import { gunzipSync } from "node:zlib";
import type { FILES } from "disbatch:page";

/** What browsers are sent: `FILES` of `disbatch:page`. */
export type PageFiles = typeof FILES;

interface Kept {
  readonly type: string;
  readonly etag: string;
  readonly gzip: Buffer<ArrayBuffer>;
  /** Made when somebody asks who takes nothing compressed. */
  plain?: Buffer<ArrayBuffer>;
}

/** Files of the page, ready to be sent. They are those of the program, and nothing else: no path leads to the disk. */
export class ServedFiles {
  readonly #files: ReadonlyMap<string, Kept>;

  constructor(files: PageFiles) {
    this.#files = new Map(
      files.map(({ name, type, tag, gzip }) => [
        name,
        { type, etag: `W/"${tag}"`, gzip: Buffer.from(Buffer.from(gzip, "base64")) },
      ]),
    );
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  /**
   * The answer with a file, or without where the browser has it.
   *
   * @param accepted its `Accept-Encoding`. @param known its `If-None-Match`.
   */
  answer(name: string, accepted: string | undefined, known: string | undefined): Response | undefined {
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    // A browser asks each time whether there is another, since programs are replaced by newer ones.
    const headers = new Headers({ "Cache-Control": "private, no-cache", ETag: file.etag, Vary: "Accept-Encoding" });
    if (isKnown(file.etag, known)) return new Response(null, { status: 304, headers });
    headers.set("Content-Type", file.type);
    const isZipped = takesGzip(accepted);
    if (isZipped) headers.set("Content-Encoding", "gzip");
    const bytes = isZipped ? file.gzip : (file.plain ??= Buffer.from(gunzipSync(file.gzip)));
    headers.set("Content-Length", String(bytes.length));
    return new Response(bytes, { headers });
  }
}

/** Whether somebody takes what is compressed by gzip, by the `Accept-Encoding` that was sent. */
export function takesGzip(accepted: string | undefined): boolean {
  for (const part of (accepted ?? "").toLowerCase().split(",")) {
    const [name = "", ...rest] = part.split(";").map((word) => word.trim());
    if (name === "gzip" || name === "x-gzip" || name === "*") return !rest.some((word) => /^q=0(?:\.0*)?$/.test(word));
  }
  return false;
}

/** Tags are compared weakly, as RFC 9110 has it for this header. */
function isKnown(etag: string, known: string | undefined): boolean {
  const tags = (known ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag.replace(/^W\//, ""));
}

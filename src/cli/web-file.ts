import { request } from "node:http";
import { hostname } from "node:os";
import { UserError } from "../domain/errors.ts";
import { messageOf } from "../domain/system-error.ts";
import { readOwnFile } from "../files/own-file.ts";
import { isLiving } from "../node/process/process-table.ts";
import { parseWebAddress } from "../web/server/web-address.ts";
import type { ServedPage } from "./web-words.ts";

/** What `PREFIX_web.txt` says: where the page of a run is served, and what lets programs in. */
export interface WebPlace {
  readonly page: ServedPage;
  /** Lets whoever has it in, for as long as the page is served. */
  readonly token: string;
  /** Where the process is that serves it. */
  readonly host: string;
  readonly pid: number;
}

const MOST_BYTES = 4096;
const MOST_ANSWER = 4096;
/** A server that is there answers within this time, in milliseconds. */
const PATIENCE_MS = 5000;

/** @param base as `baseOf` has it. */
export function formatWebFile(base: string, token: string): string {
  return `${base}\n${token}\n${hostname()} ${process.pid}\n`;
}

/** What stands in such a file; undefined for anything else. */
export function parseWebFile(text: string): WebPlace | undefined {
  const [base = "", token = "", process = ""] = text.split("\n");
  const [, host = "", pid = ""] = /^(\S+) ([0-9]{1,9})$/.exec(process) ?? [];
  if (!/^[A-Za-z0-9_-]{43}$/.test(token) || host === "") return undefined;
  try {
    const address = parseWebAddress(base.replace(/^http:\/\//, ""));
    const page = { address, port: address.kind === "unix" ? undefined : address.port };
    return { page, token, host, pid: Number(pid) };
  } catch {
    return undefined;
  }
}

/** Where the page of a run is served, by its file; undefined where none is, as far as that tells. */
export function webPlaceOf(path: string): WebPlace | undefined {
  let text: string;
  try {
    text = readOwnFile(path, MOST_BYTES);
  } catch {
    return undefined;
  }
  const place = parseWebFile(text);
  return place !== undefined && place.host === hostname() && !isLiving(place.pid) ? undefined : place;
}

/**
 * Asks a server for a path that lets a browser in, once.
 *
 * @throws UserError `web-unreachable` when nobody answers there, or somebody else does.
 */
export async function askForTicket({ page, token }: Pick<WebPlace, "page" | "token">): Promise<string> {
  let text: string;
  try {
    text = await post(page, "/api/v1/tickets", token);
  } catch (error) {
    throw new UserError("web-unreachable", `nobody answers for the web page: ${messageOf(error)}`, { cause: error });
  }
  const path = pathIn(text);
  if (path === undefined) throw new UserError("web-unreachable", "what answers is no web page of disbatch");
  return path;
}

function pathIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== "object" || answer === null || !("path" in answer)) return undefined;
    return typeof answer.path === "string" && answer.path.startsWith("/") ? answer.path : undefined;
  } catch {
    return undefined;
  }
}

function post({ address, port }: ServedPage, path: string, token: string): Promise<string> {
  const where =
    address.kind === "unix"
      ? { socketPath: address.path, headers: { host: "localhost" } }
      : { host: address.host === "[::1]" ? "::1" : address.host, port: port ?? address.port, headers: {} };
  const headers = { ...where.headers, authorization: `Bearer ${token}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const asked = request({ ...where, method: "POST", path, headers, signal, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        if (text.length > MOST_ANSWER) response.destroy(new Error("it says too much"));
      });
      response.once("error", reject).once("end", () => {
        if (response.statusCode === 200 || response.statusCode === 201) resolve(text);
        else reject(new Error(`it refuses (${response.statusCode})`));
      });
    });
    asked.once("error", reject).end("{}");
  });
}

import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { hostname } from "node:os";
import { UserError } from "../domain/errors.ts";
import { parseJson } from "../domain/json.ts";
import { messageOf } from "../domain/system-error.ts";
import { readOwnFile } from "../files/own-file.ts";
import { isLiving } from "../node/process/process-table.ts";
import { CHALLENGE_HEADER, isSame, newSecret, PROOF_HEADER, proofOf } from "../web/server/secrets.ts";
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
  /** Whether it stops what it is asked to stop. */
  readonly control: boolean;
}

/** Where fresh tickets are asked for. */
const TICKETS = "/api/v1/tickets";
const MOST_BYTES = 4096;
/** Stands behind the number of a process that stops what it is asked to stop. */
const CONTROL = " control";
const MOST_ANSWER = 4096;
/** A server that is there answers within this time, in milliseconds. */
const PATIENCE_MS = 5000;

/** @param base as `baseOf` has it. */
export function formatWebFile(base: string, token: string, control: boolean): string {
  return `${base}\n${token}\n${hostname()} ${process.pid}${control ? CONTROL : ""}\n`;
}

/** What stands in such a file; undefined for anything else. */
function parseWebFile(text: string): WebPlace | undefined {
  const [base = "", token = "", process = ""] = text.split("\n");
  const [, host = "", pid = "", control] = /^(\S+) ([0-9]{1,9})( control)?$/.exec(process) ?? [];
  if (!/^[A-Za-z0-9_-]{43}$/.test(token) || host === "") return undefined;
  try {
    const address = parseWebAddress(base.replace(/^http:\/\//, ""));
    const page = { address, port: address.kind === "unix" ? undefined : address.port };
    return { page, token, host, pid: Number(pid), control: control === CONTROL };
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
 * Asks a server for a path that lets a browser in, once. The token is sent to nobody but who has it already: the port may be another
 * user's by now.
 *
 * @throws UserError `web-unreachable` when nobody answers there, or somebody else does.
 */
export async function askForTicket({ page, token }: Pick<WebPlace, "page" | "token">): Promise<string> {
  const challenge = newSecret();
  const { headers } = await ask(page, "GET", { [CHALLENGE_HEADER]: challenge });
  const proof = headers[PROOF_HEADER];
  if (typeof proof !== "string" || !isSame(proof, proofOf(token, challenge))) throw noPage();
  const { status, text } = await ask(page, "POST", {
    authorization: `Bearer ${token}`,
    "content-type": "application/json",
  });
  const path = status === 200 || status === 201 ? pathIn(text) : undefined;
  if (path === undefined) throw noPage();
  return path;
}

function noPage(): UserError {
  return new UserError("web-unreachable", "what answers is no web page of disbatch");
}

function pathIn(text: string): string | undefined {
  const answer = parseJson(text);
  if (typeof answer !== "object" || answer === null || !("path" in answer)) return undefined;
  return typeof answer.path === "string" && answer.path.startsWith("/") ? answer.path : undefined;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** @throws UserError `web-unreachable`. */
async function ask(page: ServedPage, method: "GET" | "POST", headers: OutgoingHttpHeaders): Promise<Answer> {
  try {
    return await askNow(page, method, headers);
  } catch (error) {
    throw new UserError("web-unreachable", `nobody answers for the web page: ${messageOf(error)}`, { cause: error });
  }
}

function askNow({ address, port }: ServedPage, method: "GET" | "POST", headers: OutgoingHttpHeaders): Promise<Answer> {
  const where =
    address.kind === "unix"
      ? { socketPath: address.path, headers: { ...headers, host: "localhost" } }
      : { host: address.host.replaceAll(/[[\]]/g, ""), port: port ?? address.port, headers };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const asked = request({ ...where, method, path: TICKETS, signal, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        if (text.length > MOST_ANSWER) response.destroy(new Error("it says too much"));
      });
      response.once("error", reject).once("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    asked.once("error", reject).end(method === "POST" ? "{}" : undefined);
  });
}

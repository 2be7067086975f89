import { cookiesNamed } from "./cookies.ts";
import { LONGEST_TARGET } from "./limits.ts";
import { parseTarget, type Place, placeOf, ticketIn } from "./targets.ts";

/** What a request says of itself. */
export interface Asked {
  readonly method: string;
  /** Its path and query, as they stand in the request line. */
  readonly target: string;
  /** All of its `Host` headers. */
  readonly hosts: readonly string[];
  /** Another of its headers, by its name in lower case. */
  header(name: string): string | undefined;
}

/** What lets somebody in. */
export interface Keys {
  /** Whether a text is the lasting token. */
  isToken(text: string): boolean;
  /** Whether it is the secret of a browser that has been let in. */
  isSession(text: string): boolean;
  /** Whether it is a ticket that nobody has used; it is used then. */
  takeTicket(text: string): boolean;
  /** Name of the cookie that has a session. */
  readonly cookie: string;
}

export interface GateOptions {
  /** Whether something may be posted. */
  readonly control: boolean;
  readonly hasFile: (name: string) => boolean;
}

/** Why a request gets nothing of what it asks for. */
export interface Refusal {
  readonly kind: "refused";
  readonly status: number;
  readonly code: string;
  /** What is wrong and what to do, in a line. */
  readonly detail: string;
  /** Whether a person reads it, in a browser. */
  readonly isForPeople: boolean;
  /** Whether whoever asks has been let in. */
  readonly isKnown: boolean;
  /** Methods that this path knows. */
  readonly allow?: string;
  /** What a browser asks for by itself, once more: a link from another site has brought it here, and so without its cookie. */
  readonly again?: string;
}

/** What becomes of a request. */
export type Verdict =
  | Refusal
  /** A browser has shown a ticket, or a used one and its cookie: it goes on to that path. */
  | { readonly kind: "enter"; readonly path: string; readonly isNew: boolean }
  | { readonly kind: "serve"; readonly place: Exclude<Place, { kind: "nowhere" }>; readonly path: string };

/** Names of this machine. Any port, since `ssh -L` changes it. */
const HOST = /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::([0-9]{1,5}))?$/i;
const HIGHEST_PORT = 65_535;
const BEARER = /^bearer +([A-Za-z0-9_-]{1,128})$/i;
const JSON_TYPE = /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i;

/** What becomes of a request, before a byte of its body is read. */
export function judge(asked: Asked, keys: Keys, { control, hasFile }: GateOptions): Verdict {
  const { method, target } = asked;
  const stranger = { isForPeople: false, isKnown: false };
  const [host = "", ...others] = asked.hosts;
  // A page of another site can have its name mean this machine, and only this header tells.
  if (others.length > 0 || !isThisMachine(host)) {
    return refuse(
      stranger,
      421,
      "foreign-host",
      "this server is 127.0.0.1, [::1] or localhost, and is called by no other name",
    );
  }
  if (target.length > LONGEST_TARGET) {
    return refuse(stranger, 414, "url-too-long", `a path with its query has ${LONGEST_TARGET} characters at most`);
  }
  const parsed = parseTarget(target);
  if (parsed === undefined) return refuse(stranger, 400, "bad-path", "this is no plain path of this server");
  const place = placeOf(parsed.path, hasFile);
  if (method !== "GET" && method !== "HEAD" && method !== "POST") {
    return { ...refuse(stranger, 405, "method-not-allowed", "there are GET, HEAD and POST"), allow: "GET, HEAD, POST" };
  }
  const caller = callerOf(asked, keys);
  const isPage = place.kind === "page" && method !== "POST";
  const ticket = isPage && method === "GET" ? ticketIn(parsed.query) : undefined;
  if (ticket !== undefined) {
    const isNew = keys.takeTicket(ticket.ticket);
    const path = ticket.rest === "" ? parsed.path : `${parsed.path}?${ticket.rest}`;
    if (isNew || caller === "cookie") return { kind: "enter", path, isNew };
  }
  if (caller === undefined) return strange(asked, isPage, ticket !== undefined);
  const known = { isForPeople: isPage, isKnown: true };
  if (!isPage) {
    // Other servers of this machine are the same site for browsers, though not for us.
    const site = asked.header("sec-fetch-site");
    if (site === "cross-site" || site === "same-site") {
      return refuse(known, 403, "cross-site", "a page of another server asks for this");
    }
  }
  if (place.kind === "nowhere") return refuse(known, 404, "path-unknown", "there is nothing of this name here");
  if (method === "POST") {
    const why = whyNotPosted(asked, host, place, caller, control);
    if (why !== undefined) return { ...known, ...why };
  } else if (place.kind === "tickets") {
    return { ...refuse(known, 405, "method-not-allowed", "tickets are asked for by POST"), allow: "POST" };
  }
  return { kind: "serve", place, path: parsed.path };
}

function isThisMachine(host: string): boolean {
  const found = HOST.exec(host);
  return found !== null && Number(found[1] ?? 0) <= HIGHEST_PORT;
}

type Caller = "bearer" | "cookie" | undefined;

/** How somebody has been let in. Where there is a token, it alone counts. */
function callerOf(asked: Asked, keys: Keys): Caller {
  const authorization = asked.header("authorization");
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    return token !== undefined && keys.isToken(token) ? "bearer" : undefined;
  }
  const cookies = cookiesNamed(keys.cookie, asked.header("cookie") ?? "");
  return cookies.some((value) => keys.isSession(value)) ? "cookie" : undefined;
}

function strange(asked: Asked, isPage: boolean, hadTicket: boolean): Refusal {
  const how = "disbatch web --url PREFIX prints a URL that lets a browser in; programs send the token as Bearer TOKEN";
  const detail = hadTicket ? `this URL has been used, or is older than ten minutes: ${how}` : how;
  const refusal = refuse({ isForPeople: isPage, isKnown: false }, 401, "not-let-in", detail);
  const isLinked = asked.header("sec-fetch-site") === "cross-site" && asked.header("sec-fetch-mode") === "navigate";
  return isPage && isLinked && !hadTicket ? { ...refusal, again: asked.target } : refusal;
}

function whyNotPosted(asked: Asked, host: string, place: Place, caller: Caller, control: boolean): Refusal | undefined {
  const no = (status: number, code: string, detail: string): Refusal =>
    refuse({ isForPeople: false, isKnown: true }, status, code, detail);
  if (place.kind === "page" || place.kind === "file") {
    return { ...no(405, "method-not-allowed", "nothing is posted here"), allow: "GET, HEAD" };
  }
  const origin = asked.header("origin");
  const isOurs = origin !== undefined && origin.toLowerCase() === `http://${host.toLowerCase()}`;
  if (origin === undefined ? caller !== "bearer" : !isOurs) {
    return no(403, "foreign-origin", "Origin has to name this server as Host does; a program with a token sends none");
  }
  const site = asked.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return no(403, "cross-site", "another page asks for this");
  if (!JSON_TYPE.test(asked.header("content-type") ?? "")) {
    return no(415, "body-of-other-type", "what is posted has to be of the type application/json");
  }
  if (place.kind === "tickets") {
    return caller === "bearer" ? undefined : no(403, "token-needed", "tickets are for programs with the token");
  }
  return control
    ? undefined
    : no(403, "control-off", "this page only looks: serve it with --web-control to stop anything");
}

function refuse(who: Pick<Refusal, "isForPeople" | "isKnown">, status: number, code: string, detail: string): Refusal {
  return { kind: "refused", status, code, detail, ...who };
}

/** What a request line asks for, with nothing in it that two readers could read in two ways. */
export interface Target {
  readonly path: string;
  /** Behind the question mark; empty where there is none. */
  readonly query: string;
}

/** Where a path leads. */
export type Place =
  /** A page, whatever it shows: the browser sees to that. */
  | { readonly kind: "page" }
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "api" }
  /** Fresh tickets, which the server gives itself. */
  | { readonly kind: "tickets" }
  | { readonly kind: "nowhere" };

const PATH = /^(?:\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*)+$/;
const QUERY = /^[\x21-\x22\x24-\x7e]*$/;
const CONTROL_OR_SEPARATOR = /[\p{Cc}/\\]/u;
const ROOTS_OF_API = ["/openapi.json", "/metrics", "/healthz"];

/** Path and query of a request line; undefined for what is no plain path, such as one with `..`, `//` or a backslash in it. */
export function parseTarget(text: string): Target | undefined {
  const at = text.indexOf("?");
  const path = at < 0 ? text : text.slice(0, at);
  const query = at < 0 ? "" : text.slice(at + 1);
  if (!PATH.test(path) || !QUERY.test(query)) return undefined;
  const segments = path.slice(1).split("/");
  const isPlain = segments.every((segment, i) => isPlainSegment(segment, i === segments.length - 1));
  return isPlain ? { path, query } : undefined;
}

/** Where a path leads. @param hasFile whether the page has a file of that name. */
export function placeOf(path: string, hasFile: (name: string) => boolean): Place {
  if (path === "/api/v1/tickets") return { kind: "tickets" };
  if (path.startsWith("/api/") || ROOTS_OF_API.includes(path)) return { kind: "api" };
  if (path === "/" || path === "/runs" || path.startsWith("/runs/")) return { kind: "page" };
  const name = path.slice(1);
  // What pages are made of is not a page itself.
  return name !== "index.html" && hasFile(name) ? { kind: "file", name } : { kind: "nowhere" };
}

/** The value of a ticket in a query, and the query without it; undefined where there is none. */
export function ticketIn(query: string): { readonly ticket: string; readonly rest: string } | undefined {
  const parts = query.split("&");
  const found = parts.find((part) => part.startsWith("ticket="));
  if (found === undefined) return undefined;
  const rest = parts.filter((part) => !part.startsWith("ticket=")).join("&");
  return { ticket: found.slice("ticket=".length), rest };
}

function isPlainSegment(segment: string, isLast: boolean): boolean {
  if (segment === "") return isLast;
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    return false;
  }
  return decoded !== "." && decoded !== ".." && !CONTROL_OR_SEPARATOR.test(decoded);
}

import { STATUS_CODES } from "node:http";
import type { Problem } from "../api/answers.ts";
import type { Refusal } from "./gate.ts";

/** What a refused request is answered with: a problem for programs (RFC 9457), a few plain lines for people. */
export function refusalResponse({ status, code, detail, isForPeople, allow, again }: Refusal): Response {
  const headers = new Headers({ "Cache-Control": "no-store" });
  if (allow !== undefined) headers.set("Allow", allow);
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  if (!isForPeople) return problem({ status, code, detail }, headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  return new Response(pageOf(status, detail, again), { status, headers });
}

/** A problem of any kind, for programs. */
export function problem(
  { status, code, detail }: Pick<Problem, "status" | "code" | "detail">,
  headers: Headers = new Headers({ "Cache-Control": "no-store" }),
): Response {
  headers.set("Content-Type", "application/problem+json");
  return new Response(problemText({ status, code, detail }), { status, headers });
}

/** The same as text. */
export function problemText({ status, code, detail }: Pick<Problem, "status" | "code" | "detail">): string {
  const title = STATUS_CODES[status] ?? "Error";
  const whole: Problem = { type: "about:blank", title, status, detail, code };
  return `${JSON.stringify(whole)}\n`;
}

function pageOf(status: number, detail: string, again: string | undefined): string {
  const title = `${status} ${STATUS_CODES[status] ?? "Error"}`;
  // A browser that has come by a link of another site has kept its cookie back. What this page asks for carries it.
  const refresh = again === undefined ? "" : `<meta http-equiv="refresh" content="0;url=${escaped(again)}">`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">${refresh}<title>disbatch: ${title}</title></head>
<body><h1>${title}</h1><p>${escaped(detail)}.</p></body></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

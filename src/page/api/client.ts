/** Questions to the server, and what it answers. */

import type { StopRequest } from "../../domain/watch.ts";
import type { Problem, Stopped } from "../../web/api/answers.ts";
import { type Params, queryText } from "../state/route.ts";

/** The server has refused, or cannot be reached. The message is a line for people. */
export class ProblemError extends Error {
  /** Stable: `task-unknown`; `unreachable` when nobody has answered. */
  readonly code: string;
  /** 0 when nobody has answered. */
  readonly status: number;

  constructor(problem: Pick<Problem, "detail" | "code" | "status">) {
    super(problem.detail);
    this.name = "ProblemError";
    this.code = problem.code;
    this.status = problem.status;
  }
}

/** What was thrown, as a problem. */
export function problemFrom(error: unknown): ProblemError {
  return error instanceof ProblemError ? error : new ProblemError({ code: "bug", status: 0, detail: String(error) });
}

/** The path of what belongs to a run: `apiPath("ID", "tasks")`. */
export function apiPath(run: string, ...parts: readonly (string | number)[]): string {
  return ["/api/v1/runs", run, ...parts].join("/");
}

/** Milliseconds after which nobody waits for an answer any more: a connection can be dead and not know it. */
const LONGEST = 120_000;

/** @throws ProblemError, or what `signal` was aborted with. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const abort = new AbortController();
  const giveUp = (): void => abort.abort(signal?.reason);
  const timer = setTimeout(giveUp, LONGEST);
  signal?.addEventListener("abort", giveUp);
  if (signal?.aborted === true) giveUp();
  try {
    const response = await ask(path + queryText(params), { signal: abort.signal });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The server's answers are held against its schemas by tests.
    return (await response.json()) as T;
  } catch (error) {
    throw abort.signal.aborted && signal?.aborted !== true ? unreachable() : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Bytes of a path, as `range` asks for them, and what the answer says of where they lie. @throws ProblemError */
export async function getBytes(
  path: string,
  range: string,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly range: string | null }> {
  const response = await ask(path, { headers: { range }, signal });
  return { bytes: new Uint8Array(await response.arrayBuffer()), range: response.headers.get("content-range") };
}

/** Has something ended. @returns what has been done, in words. @throws ProblemError */
export async function stop(run: string, request: StopRequest): Promise<string> {
  const response = await ask(apiPath(run, "stops"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return ((await response.json()) as Stopped).done;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw unreachable();
  }
  if (response.ok) return response;
  throw new ProblemError(await problemOf(response));
}

function unreachable(): ProblemError {
  return new ProblemError({ code: "unreachable", status: 0, detail: "The server of this page does not answer." });
}

async function problemOf(response: Response): Promise<Pick<Problem, "detail" | "code" | "status">> {
  const { status } = response;
  if (status === 401) {
    const detail = "This page is not let in any more. A fresh address comes from: disbatch web PREFIX --url";
    return { code: "not-let-in", status, detail };
  }
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { detail, code } = (await response.json()) as Partial<Problem>;
    if (typeof detail === "string") return { status, detail, code: code ?? "unknown" };
  } catch {
    // No problem document: something between the server and this page has answered.
  }
  return { status, code: "unknown", detail: `The server has answered with ${status}.` };
}

import { request } from "node:http";
import * as v from "valibot";
import type { Workspace } from "./workspace.ts";

/** What a page has answered. */
export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** How a page is asked. */
export interface WebQuestion {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Where the page of a run is, by its file, and what lets programs in. */
export function pageOf(
  workspace: Workspace,
  prefix: string = "run",
): { readonly base: string; readonly token: string } {
  const [base = "", token = ""] = workspace.read(`${prefix}_web.txt`).split("\n");
  return { base, token };
}

/** Asks a page as curl does; `base` may be a socket. */
export function askPage(
  base: string,
  path: string,
  { method = "GET", headers = {}, body }: WebQuestion = {},
): Promise<WebAnswer> {
  const where = base.startsWith("unix:")
    ? { socketPath: base.slice("unix:".length), headers: { host: "localhost", ...headers } }
    : { host: new URL(base).hostname, port: new URL(base).port, headers };
  const json = body === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...where, method, path, headers: { ...json, ...where.headers }, agent: false },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => void pieces.push(piece)).once("error", reject);
        response.once("end", () => {
          const { statusCode: status = 0, headers: told } = response;
          resolve({ status, headers: told, text: Buffer.concat(pieces).toString() });
        });
      },
    );
    asked.once("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Asks the page of a run as a program that has read its file. */
export function askRun(
  workspace: Workspace,
  path: string,
  question: WebQuestion = {},
  prefix: string = "run",
): Promise<WebAnswer> {
  const { base, token } = pageOf(workspace, prefix);
  return askPage(base, path, { ...question, headers: { authorization: `Bearer ${token}`, ...question.headers } });
}

const RUNS = v.object({ runs: v.array(v.looseObject({ id: v.string(), name: v.string() })) });
const PART = v.looseObject({ total: v.number() });

/** A run as a list of the page has it. */
export type ListedOnPage = v.InferOutput<typeof RUNS>["runs"][number];

/** The runs that an answer lists. @throws Error for any other answer. */
export function runsIn({ text }: WebAnswer): readonly ListedOnPage[] {
  return v.parse(RUNS, JSON.parse(text)).runs;
}

/** How many there are of what an answer lists. @throws Error for any other answer. */
export function totalIn({ text }: WebAnswer): number {
  return v.parse(PART, JSON.parse(text)).total;
}

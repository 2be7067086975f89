import { UserError } from "../../domain/errors.ts";

/** Something that the server refuses, with the status of its answer. */
export class ProblemError extends UserError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(code, message);
    this.name = "ProblemError";
    this.status = status;
    this.headers = headers;
  }
}

/** A problem as RFC 9457 has it. */
interface ProblemBody {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
}

/** What the standard calls each status that this server answers with. */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Statuses of what the run itself refuses, where it is no conflict with how the run stands. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  "cursor-unknown": 400,
  "output-unreadable": 404,
  "unknown-template": 404,
  "connection-lost": 503,
};

/** The answer to a request that has failed. What is no mistake of anybody's is told without its stack. */
export function problemResponse(error: unknown): Response {
  if (error instanceof ProblemError) return answer(error.status, error.code, error.message, error.headers);
  if (error instanceof UserError) return answer(STATUS_OF_CODE[error.code] ?? 409, error.code, error.message);
  const what = error instanceof Error ? error.message : String(error);
  return answer(500, "internal-error", `this is an error of disbatch itself: ${what}`);
}

function answer(
  status: number,
  code: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body: ProblemBody = { type: "about:blank", title: TITLES[status] ?? "Error", status, detail, code };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
  });
}

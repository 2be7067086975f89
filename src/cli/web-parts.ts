import type { FILES } from "disbatch:page";
import { UserError } from "../domain/errors.ts";
import type { WebRun } from "../web/api/web-run.ts";
import type { WebAddress } from "../web/server/web-address.ts";

/** What serves a page: HTTP, answers, and the files of the page. */
export interface WebParts {
  readonly serve: (options: {
    readonly address: WebAddress;
    readonly control: boolean;
    readonly token: string;
    readonly api: (request: Request) => Response | Promise<Response>;
    readonly files: PageFiles;
  }) => Promise<{ readonly port: number | undefined; ticket(): string; close(): Promise<void> }>;
  readonly webApp: (
    runs: () => readonly WebRun[],
    options: { readonly control: boolean; readonly version: string; readonly now: () => number },
  ) => { fetch(request: Request): Response | Promise<Response> };
  readonly files: PageFiles;
}

type PageFiles = typeof FILES;

/** The real ones. Only what was built has the page. @throws UserError */
export function webParts(): Promise<WebParts> {
  return Promise.reject(new UserError("not-in-this-version", "nothing serves a page in this version"));
}

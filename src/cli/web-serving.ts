import { hostname } from "node:os";
import { describeError, UserError } from "../domain/errors.ts";
import { printableLines } from "../domain/printable.ts";
import { shellWords } from "../domain/shell-words.ts";
import { reasonOf, replaceOwnFile } from "../files/own-file.ts";
import { removeFile } from "../files/remove-file.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import type { WebRun } from "../web/api/web-run.ts";
import { askForTicket, formatWebFile, webPlaceOf } from "./web-file.ts";
import type { WebOptions } from "./web-options.ts";
import { Presence } from "./web-presence.ts";
import { openWebRun } from "./web-run.ts";
import { baseOf, type ServedPage } from "./web-words.ts";

/** Runs that are served. */
export interface ServedRuns {
  readonly page: ServedPage;
  readonly runs: readonly WebRun[];
  /** Who looks at them. */
  readonly presence: Presence;
  /** A path that lets a browser in, once. */
  ticket(): string;
  close(): Promise<void>;
}

export interface ServingOptions {
  readonly program: Program;
  /** Lets programs in. */
  readonly token: string;
}

/**
 * Serves the page of some runs, and says in a file of each where it is.
 *
 * @throws UserError for a run of which nothing can be read; `web-serves-already`, and what `serve` throws.
 */
export async function serveRuns(
  files: readonly RunFiles[],
  { address, control }: WebOptions,
  { program, token }: ServingOptions,
): Promise<ServedRuns> {
  const words = programName(program.command, process.env);
  for (const one of files) await refuseServed(one, words);
  const runs: WebRun[] = [];
  const closeRuns = async (): Promise<void> => void (await Promise.all(runs.map((run) => run.close())));
  try {
    // Only what was built has the page.
    const [{ serve }, { webApp }, { FILES }] = await Promise.all([
      import("../web/server/serve.ts"),
      import("../web/api/app.ts"),
      import("disbatch:page"),
    ]);
    const presence = new Presence(() => performance.now());
    for (const one of files) runs.push(await openWebRun(one, program, () => presence.giveWay()));
    const app = webApp(() => runs, { control, version: program.version, readers: presence, failed: tellOfBug });
    const api = (request: Request): Promise<Response> => presence.answer(request, (asked) => app.fetch(asked));
    const server = await serve({ address, control, token, api, files: FILES, failed: tellOfBug });
    const page = { address, port: server.port };
    const removeFiles = leaveFiles(files, formatWebFile(baseOf(page), token, control));
    return {
      page,
      runs,
      presence,
      ticket: () => server.ticket(),
      close: async () => {
        removeFiles();
        await server.close();
        await closeRuns();
      },
    };
  } catch (error) {
    await closeRuns();
    throw error;
  }
}

/** An answer that has failed is an error of this program: the next one may do well. */
function tellOfBug(error: unknown): void {
  process.stderr.write(`disbatch: internal error: ${printableLines(describeError(error))}\n`);
}

/** @throws UserError `web-serves-already` for a run whose page somebody serves on this machine. */
async function refuseServed({ prefix, web }: RunFiles, words: readonly string[]): Promise<void> {
  const place = webPlaceOf(web);
  if (place === undefined || place.pid === process.pid || place.host !== hostname()) return;
  try {
    await askForTicket(place);
  } catch {
    // It is not there any more, whatever goes by its number.
    return;
  }
  const url = shellWords([...words, "web", "--url", prefix]);
  const message = `${prefix}: its web page is served already, by process ${place.pid}; for a URL of that: ${url}`;
  throw new UserError("web-serves-already", message);
}

/** Says in a file of each run where its page is, where there can be one. @returns removes them, unless they are another's by then. */
function leaveFiles(files: readonly RunFiles[], text: string): () => void {
  for (const { web } of files) {
    try {
      replaceOwnFile(web, text, 0o600);
    } catch (error) {
      const why = `${web} cannot be written (${reasonOf(error)})`;
      process.stderr.write(`disbatch: warning: ${why}: programs, and disbatch web --url, do not find the page\n`);
    }
  }
  return () => {
    for (const { web } of files) if (webPlaceOf(web)?.pid === process.pid) removeFile(web);
  };
}

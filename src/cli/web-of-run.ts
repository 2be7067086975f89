import { createInterface } from "node:readline";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import type { Program } from "../run/program-name.ts";
import { formatWebAddress } from "../web/server/web-address.ts";
import { print } from "./standard-output.ts";
import { askForTicket, webPlaceOf } from "./web-file.ts";
import type { WebOptions } from "./web-options.ts";
import { type ServedRuns, serveRuns } from "./web-serving.ts";
import { staysServed } from "./web-stay.ts";
import { signalled } from "./web-surroundings.ts";
import { AGAIN, type ServedPage } from "./web-words.ts";

/** How often it is asked whether anybody looks, in milliseconds. */
const LOOK_MS = 1000;

/** Told where somebody wants more than what is served already. */
function onlyLooks(pid: number): string {
  return `it is served already, by process ${pid}, and only looks: end that process to serve it with --web-control`;
}

/**
 * Serves the page of the run whose driver has begun this process. The first line of standard input is the token, and whether the
 * page takes the place of another; its end says that the driver is gone. What is printed is a line of JSON: the address, a path with
 * a ticket, and what the user is to know of it.
 *
 * @throws UserError as `serveRuns` does, but for a page that is served already: that one is told of.
 */
export async function serveForRun(runs: readonly RunFiles[], options: WebOptions, program: Program): Promise<ExitCode> {
  const { token, isAgain, gone } = await fromDriver();
  const ended = signalled();
  let served: ServedRuns;
  try {
    served = await serveRuns(runs, options, { program, token });
  } catch (error) {
    const [run] = runs;
    const place = run === undefined ? undefined : webPlaceOf(run.web);
    if (!(error instanceof UserError) || error.code !== "web-serves-already" || place === undefined) throw error;
    const note = options.control && !place.control ? onlyLooks(place.pid) : undefined;
    await tellDriver(place.page, await askForTicket(place), note);
    return EXIT.done;
  }
  try {
    const begunAgain = isAgain ? performance.now() : undefined;
    await tellDriver(served.page, served.ticket());
    return await Promise.race([ended, gone.then(() => untilNobodyLooks(served, begunAgain))]);
  } finally {
    await served.close();
  }
}

async function fromDriver(): Promise<{
  readonly token: string;
  readonly isAgain: boolean;
  readonly gone: Promise<void>;
}> {
  const lines = createInterface({ input: process.stdin });
  const gone = new Promise<void>((resolve) => lines.once("close", resolve));
  const line = await new Promise<string>((resolve) => {
    lines.once("line", resolve).once("close", () => resolve(""));
  });
  const isAgain = line.endsWith(AGAIN);
  const token = isAgain ? line.slice(0, -AGAIN.length) : line;
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) {
    throw new UserError("no-run-here", "--of-run is for runs that begin this process; leave it out");
  }
  return { token, isAgain, gone };
}

async function tellDriver({ address, port }: ServedPage, path: string, note?: string): Promise<void> {
  const where = formatWebAddress(address.kind === "tcp" ? { ...address, port: port ?? address.port } : address);
  await print(`${JSON.stringify({ address: where, path, note })}\n`);
}

async function untilNobodyLooks({ runs, presence }: ServedRuns, begunAgain: number | undefined): Promise<ExitCode> {
  let overSince: number | undefined;
  let wake: () => void = () => undefined;
  for (const { followed } of runs) followed.listen(() => wake());
  for (;;) {
    const goesOn = runs.some(({ followed }) => followed.link.state === "live");
    const now = performance.now();
    overSince = goesOn ? undefined : (overSince ?? now);
    const { readers, lastReader, lastPage, lastAsked } = presence;
    if (!staysServed({ goesOn, readers, lastReader, lastPage, lastAsked, begunAgain, overSince, now }))
      return EXIT.done;
    const changed = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, LOOK_MS);
    await changed;
    clearTimeout(timer);
  }
}

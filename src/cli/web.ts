import { hostname } from "node:os";
import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { shellWords } from "../domain/shell-words.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newSecret } from "../web/server/secrets.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { show } from "./standard-output.ts";
import { askForTicket, webPlaceOf } from "./web-file.ts";
import { addServingOptions, type GivenWebOptions, servingOptions } from "./web-options.ts";
import { signalled, tellOnTerminal } from "./web-surroundings.ts";

interface GivenOptions extends Omit<GivenWebOptions, "web"> {
  readonly url: boolean;
}

/** First word behind `web` where a run has begun this process: no word of users. */
const OF_RUN = "--of-run";

/** The operands and options of `disbatch web`. */
export function describeWeb(): Command {
  const command = newCommand("disbatch web")
    .usage("[options] [PREFIX...]")
    .description(
      "Shows runs in a browser, and to programs over HTTP, until Ctrl-C: runs that go on, that have ended, or whose driver has died. " +
        "The page is served on this machine alone, and for you alone. Runs go on when it ends.",
    )
    .argument(
      "[PREFIX...]",
      "the runs: their prefixes, any files of them, or their folders (default: the newest run in this folder)",
    );
  return addServingOptions(command).option(
    "--url",
    "print a fresh URL of the page that is served already, and serve none",
    false,
  );
}

/** Does what `disbatch web` is asked for. @throws UserError for runs that cannot be shown, or a page that cannot be served. */
export async function startWeb(program: Program): Promise<ExitCode> {
  const described = describeWeb();
  const ofRun = program.args[0] === OF_RUN;
  const text = readCommandLine(described, ofRun ? program.args.slice(1) : program.args);
  if (text !== undefined) return show(text);
  const { url, ...serving } = described.opts<GivenOptions>();
  const words = programName(program.command, process.env);
  const runs = runsOf(described.args);
  if (url) {
    if (serving.webAddress !== undefined || serving.webControl) {
      throw new UserError(
        "conflicting-options",
        "--url asks for the page that is served: it goes without --web-address and --web-control",
      );
    }
    return printUrls(runs, words);
  }
  const options = servingOptions(serving);
  const [{ serveRuns }, { serveForRun }] = await Promise.all([import("./web-serving.ts"), import("./web-of-run.ts")]);
  if (ofRun) return serveForRun(runs, options, program);
  const ended = signalled();
  const served = await serveRuns(runs, options, { program, token: newSecret() });
  try {
    await tellOnTerminal(served.page, served.ticket(), urlCommand(words, runs[0]));
    return await ended;
  } finally {
    await served.close();
  }
}

/** Each run once. @throws UserError `no-run-here`. */
function runsOf(words: readonly string[]): RunFiles[] {
  const found = (words.length === 0 ? [undefined] : words).map((word) => findRun(word, process.cwd()));
  return found.filter(({ prefix }, at) => found.findIndex((other) => other.prefix === prefix) === at);
}

/** Prints fresh URLs of pages that are served. @throws UserError `web-not-served`, `web-unreachable`. */
async function printUrls(runs: readonly RunFiles[], words: readonly string[]): Promise<ExitCode> {
  const pages = new Set<string>();
  for (const { prefix, web } of runs) {
    const serve = `to serve one: ${shellWords([...words, "web", prefix])}`;
    const place = webPlaceOf(web);
    if (place === undefined) {
      throw new UserError("web-not-served", `${prefix}: no web page is served; ${serve}`, {
        exitCode: EXIT.unfinished,
      });
    }
    if (place.host !== hostname()) {
      const message = `${prefix}: its web page is served on ${place.host}: do this there`;
      throw new UserError("web-not-served", message, { exitCode: EXIT.unfinished });
    }
    if (pages.has(place.token)) continue;
    pages.add(place.token);
    const path = await ticketOf(place, `${prefix}: `, `; ${serve}`);
    await tellOnTerminal(place.page, path, urlCommand(words, { prefix }));
  }
  return EXIT.done;
}

function urlCommand(words: readonly string[], run: Pick<RunFiles, "prefix"> | undefined): string {
  return shellWords([...words, "web", "--url", ...(run === undefined ? [] : [run.prefix])]);
}

async function ticketOf(place: Parameters<typeof askForTicket>[0], before: string, behind: string): Promise<string> {
  try {
    return await askForTicket(place);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = `${before}${error.message}${behind}`;
    throw new UserError(error.code, message, { exitCode: EXIT.unfinished, cause: error });
  }
}

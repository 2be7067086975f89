import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import { ANY_PORT, parseWebAddress, type WebAddress } from "../web/server/web-address.ts";

/** How a web page is served. */
export interface WebOptions {
  readonly address: WebAddress;
  /** Whether it stops what is asked for. */
  readonly control: boolean;
}

/** What commander has made of the options; those that were not given are missing. */
export interface GivenWebOptions {
  readonly web?: boolean | undefined;
  readonly webAddress?: string | undefined;
  readonly webControl?: boolean | undefined;
}

/** Adds the options of a run that is shown in a browser. */
export function addWebOptions(command: Command): Command {
  return addServingOptions(command.optionsGroup("In a browser:").option("-w, --web", "show the run in a browser"));
}

/** Adds the options that say how a web page is served. */
export function addServingOptions(command: Command): Command {
  return command
    .option("--web-address <ADDRESS>", "serve at [127.0.0.1:]PORT or unix:PATH (default: a free port)")
    .option("--web-control", "let the page stop tasks, engines and the run; without it the page only looks");
}

/** How the web page of a run is served; undefined when none is wanted. @throws UserError `web-alone`, `bad-web-address`. */
export function checkWebOptions({ web = false, ...serving }: GivenWebOptions): WebOptions | undefined {
  if (web) return servingOptions(serving);
  const needless = serving.webAddress === undefined ? serving.webControl && "--web-control" : "--web-address";
  if (needless) throw new UserError("web-alone", `${needless} goes with -w, which shows the run in a browser`);
  return undefined;
}

/** How a web page is served. @throws UserError `bad-web-address`. */
export function servingOptions({ webAddress, webControl = false }: Omit<GivenWebOptions, "web">): WebOptions {
  return { address: webAddress === undefined ? ANY_PORT : parseWebAddress(webAddress), control: webControl };
}

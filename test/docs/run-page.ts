import path from "node:path";
import { until } from "../support/until.ts";
import type { Pair } from "./page/align.ts";
import type { Block, Page } from "./page/blocks.ts";
import { compare } from "./page/compare.ts";
import type { Outcome } from "./page/mend.ts";
import type { Names } from "./page/names.ts";
import type { Home } from "./home.ts";
import { type CommandEnd, Shell, type ShellPlace } from "./shell.ts";

/** How long a command may take, in milliseconds, unless more is said. */
const PATIENCE = 20_000;

/** What has become of a page. */
export interface PageRun {
  /** Commands and what they have printed, as far as the page came. */
  readonly outcomes: readonly Outcome[];
  /** Where the page could not be run any further, and why, for people; undefined when it was run to its end. */
  readonly stop: string | undefined;
}

/** What a place needs beside the home. */
export interface Reach {
  /** Words before `bash` that lead to the place. */
  readonly login?: readonly string[];
  /** How long a command may take, in milliseconds. */
  readonly patience?: number;
  /** How long what a page has started may outlive it, in milliseconds. */
  readonly leaving?: number;
}

/** Runs the blocks of a page in order, in a home that nobody has used yet; ends at the first command that cannot be run. */
export async function runPage(
  page: Page,
  home: Home,
  { login = [], patience = PATIENCE, leaving = PATIENCE }: Reach = {},
): Promise<PageRun> {
  const { workspace, env } = home;
  const screen = path.join(path.dirname(workspace.folder), "screen");
  const place: ShellPlace = { folder: workspace.folder, env, login, screen, patience };
  const outcomes: Outcome[] = [];
  let stop: string | undefined;
  for (const block of page.blocks) {
    stop = await runBlock(block, home, place, outcomes);
    if (stop !== undefined) break;
  }
  // What is on its way out may need a moment; what stays is told when the workspace is closed.
  await until(
    () => workspace.processes().length === 0,
    () => "all that the page has started has ended",
    leaving,
  ).catch(() => {});
  return { outcomes, stop: stop === undefined ? undefined : `${page.name}:${stop}` };
}

/** @returns line of the page and what is wrong, when the rest of the page makes no sense any more. */
async function runBlock(
  block: Block,
  { workspace, names }: Home,
  place: ShellPlace,
  outcomes: Outcome[],
): Promise<string | undefined> {
  if (block.kind === "file") {
    workspace.write(block.name, names.toReal(block.content));
    return undefined;
  }
  const shell = new Shell(place);
  try {
    if (block.kind === "set-up") {
      const end = await shell.run(names.toReal(block.command));
      return end.code === 0 ? undefined : stopAt(block.line, block.command, end);
    }
    for (const step of block.steps) {
      const end = await shell.run(names.toReal(step.command));
      const pairs = compare(
        step.expected,
        end.lines.map((line) => names.toShown(line)),
      );
      learnNames(names, pairs);
      outcomes.push({ step, pairs });
      if (typeof end.code !== "number" && (end.code === "too long" || step !== block.steps.at(-1)))
        return stopAt(step.line, step.command, end);
    }
    return undefined;
  } finally {
    await shell.close();
  }
}

/** What is shown in the place of what has been printed has the same runs in it, most likely also where it is wrong. */
function learnNames(names: Names, pairs: readonly Pair[]): void {
  for (const pair of pairs) if (pair.type === "same") names.learn(pair.expected, pair.got);
  const missing = pairs.flatMap((pair) => (pair.type === "missing" ? [pair.expected] : []));
  const extra = pairs.flatMap((pair) => (pair.type === "extra" ? [pair.got] : []));
  names.learn(missing.join("\n"), extra.join("\n"));
}

function stopAt(line: number, command: string, { code, lines }: CommandEnd): string {
  const what = { ended: "the shell has ended", "too long": "takes too long" };
  const why = typeof code === "number" ? `exit code ${code}` : what[code];
  return [`${line}: ${why}: ${command}`, ...lines].join("\n");
}

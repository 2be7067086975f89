import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { similarWord } from "../../domain/spelling/similar-word.ts";
import { decisionsOf } from "../../workflows/history/decisions.ts";
import type { PastRun } from "../../workflows/history/history.ts";
import { type InstanceOutcome, outcomesOf } from "../../workflows/history/outcomes-of.ts";
import { pathsOf } from "../../workflows/views/files-of.ts";
import type { EarlierWork } from "../../workflows/views/instance-why.ts";
import { type Lineage, type LineageFacts, type LineageLimits, lineageOf } from "../../workflows/views/lineage.ts";
import type { RunFiles } from "../files/run-files.ts";
import { type AskedOutput, OutputsNow } from "./outputs-now.ts";
import { type NamedGraph, pastGraph, worthALook } from "./past-graph.ts";
import { type PathInRun, pathsInRun } from "./paths-in-run.ts";
import type { WorkflowHistory } from "./workflow-history.ts";

/** Paths that are compared with one that no document knows. */
const MOST_COMPARED = 10_000;

/** A file that some run of a prefix knows. */
export interface FoundLineage extends Lineage {
  readonly workflow: string;
  readonly prefix: string;
  /** Number of the run whose document knows it. */
  readonly run: number;
}

/** Nothing was found; and the path that may have been meant. */
export interface NoLineage {
  readonly workflow: string;
  readonly nearest: string | undefined;
}

/**
 * Where a file comes from, by the runs of a prefix: the last one that knows it.
 *
 * @param file as it was typed.
 * @param cwd where that was.
 * @throws UserError as the records are read.
 */
export async function lineageOfFile(
  { file, cwd, limits }: { readonly file: string; readonly cwd: string; readonly limits: LineageLimits },
  history: WorkflowHistory,
  files: RunFiles,
): Promise<FoundLineage | NoLineage> {
  const absolute = absolutePaths(resolve(cwd, file));
  let nearest: string | undefined;
  let workflow = "";
  for (const run of worthALook(history.runs)) {
    const graph = await pastGraph(history, run, files);
    const candidates = pathsInRun(absolute, run.folder, files.prefix);
    for (const candidate of candidates) {
      const told = await tell(graph, candidate, limits, { history, run, files });
      if (told !== undefined) return told;
    }
    if (workflow === "") {
      workflow = graph.name;
      const [likely] = candidates;
      nearest = likely && nearestPath(likely.path, [...pathsOf(graph.graph, MOST_COMPARED)]);
    }
  }
  return { workflow, nearest };
}

function absolutePaths(path: string): readonly string[] {
  try {
    return [...new Set([path, realpathSync(path)])];
  } catch {
    return [path];
  }
}

/** The path that was probably meant, in whatever case it was typed. */
function nearestPath(path: string, known: readonly string[]): string | undefined {
  const bySpelling = new Map(known.map((each) => [each.toUpperCase(), each]));
  return bySpelling.get(similarWord(path, [...bySpelling.keys()]) ?? "");
}

async function tell(
  { name, graph }: NamedGraph,
  { path, folder }: PathInRun,
  limits: LineageLimits,
  { history, run, files }: { readonly history: WorkflowHistory; readonly run: PastRun; readonly files: RunFiles },
): Promise<FoundLineage | undefined> {
  // Records and files are read once, when it is known for which instances.
  const names = new Set<string>();
  const outputs: AskedOutput[] = [];
  const asked: LineageFacts = {
    workOf: (instance) => void names.add(instance),
    nowOf: (output) => void outputs.push(output),
  };
  if (lineageOf(graph, path, limits, asked) === undefined) return undefined;
  const outcomes = outcomesOf({ status: files.status, runs: history.runs }, names);
  const workOf = (instance: string): EarlierWork | undefined =>
    workIn(files.workflow, instance, outcomes.get(instance));
  const now = await OutputsNow.look(outputs, { cache: files.cache, folder, workOf });
  const facts: LineageFacts = { workOf, nowOf: (output) => now.of(output) };
  const lineage = lineageOf(graph, path, limits, facts);
  return lineage === undefined ? undefined : { ...lineage, workflow: name, prefix: files.prefix, run: run.run };
}

/** The run that did an instance last. */
function workIn(history: string, instance: string, outcomes: readonly InstanceOutcome[] = []): EarlierWork | undefined {
  const own = outcomes.findLast(({ isSuccess, isTakenOver }) => isSuccess && !isTakenOver);
  if (own !== undefined) return { run: own.run, time: own.finish, node: own.node };
  const taken = outcomes.findLast(({ isSuccess }) => isSuccess);
  if (taken === undefined) return undefined;
  const decided = decisionsOf(history, instance).findLast(({ decision }) => decision.type === "reused")?.decision;
  return { run: decided?.type === "reused" ? decided.run : taken.run, time: taken.finish, node: taken.node };
}

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { Environment } from "../../../../src/domain/environment.ts";
import type { InstanceState } from "../../../../src/domain/instance-state.ts";
import { NO_LEAK } from "../../../../src/domain/result.ts";
import { contentsOf } from "../../../../src/files/digest.ts";
import { FileStates } from "../../../../src/files/file-states.ts";
import { CacheChecks } from "../../../../src/workflows/cache/cache-checks.ts";
import { CacheFile } from "../../../../src/workflows/cache/cache-file.ts";
import { filesOf } from "../../../../src/workflows/cache/instance-files.ts";
import { CacheRecords } from "../../../../src/workflows/cache/records.ts";
import type { Template, TemplateFiles, Workflow } from "../../../../src/workflows/document/workflow.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import type { Verdict } from "../../../../src/workflows/source/checks.ts";
import { MadeFiles } from "../../../../src/workflows/source/made-files.ts";
import type { Earlier } from "../../../../src/workflows/source/earlier.ts";

/** Unix time in seconds; all that is written in these tests was written then, or at a later second of that day. */
const LONG_AGO = 1_700_000_000;

export interface TreeRun {
  readonly environment?: Environment;
  readonly forced?: readonly string[];
  readonly noCache?: boolean;
  readonly earlier?: Earlier;
  readonly node?: string;
  /** The run is taken up: a driver that has died gave these out, and the one before it has run all others. */
  readonly takenUp?: readonly string[];
  /** Called when an instance runs, before it has made anything. */
  readonly running?: (name: string) => void;
  /** How what instances need has ended, by the variable that says so; only those hear of it to which it may matter. */
  readonly states?: Readonly<Record<string, InstanceState>>;
  /** Nothing is kept: a plan. */
  readonly isPlan?: boolean;
}

export interface TreeOutcome {
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly ran: readonly string[];
  readonly warnings: readonly string[];
}

/** A folder with files, and the runs of workflows there, whose tasks write what they were made from. */
export class CachedTree {
  readonly folder: string;
  #second = 0;
  #run = 0;

  constructor(folder = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"))) {
    this.folder = folder;
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  }

  get cache(): string {
    return path.join(this.folder, "w_cache.jsonl");
  }

  /** Another folder with all that is in this one; times are those of the copy. */
  copy(): CachedTree {
    const other = new CachedTree();
    cpSync(this.folder, other.folder, { recursive: true });
    return other;
  }

  at(name: string): string {
    return path.join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
    this.touch(name);
  }

  read(name: string): string {
    return readFileSync(this.at(name), "utf8");
  }

  remove(name: string): void {
    rmSync(this.at(name), { recursive: true });
  }

  /** A later second than all that was written before. */
  touch(name: string): void {
    this.#second++;
    utimesSync(this.at(name), LONG_AGO + this.#second, LONG_AGO + this.#second);
  }

  /** Runs all instances in the order of the document. */
  async run(workflow: Workflow, options: TreeRun = {}): Promise<TreeOutcome> {
    const {
      environment = {},
      forced = [],
      noCache,
      earlier = "never",
      node = "n",
      states = {},
      takenUp,
      running,
      isPlan,
    } = options;
    if (takenUp === undefined) this.#run++;
    const graph = Graph.of(workflow);
    const warnings: string[] = [];
    const records = CacheRecords.read(this.cache, ({ message }) => void warnings.push(message));
    const file = new CacheFile(this.cache, (message) => void warnings.push(message));
    const paths = new MadeFiles(graph);
    const checks = new CacheChecks({
      ...{ graph, paths, records, environment, noCache, run: this.#run },
      params: workflow.params,
      statesOf: () => Object.entries(states),
      files: new FileStates(this.folder),
      keep: isPlan === true ? undefined : (lines) => file.write(lines),
      warn: (message) => void warnings.push(message),
    });
    const verdicts: Record<string, Verdict> = {};
    const ran: string[] = [];
    for (let template = 0; template < graph.templates; template++) {
      if (!checks.looksAt(template)) continue;
      for (let index = 0; index < graph.size(template); index++) {
        const name = graph.nameOf(template, index);
        if (takenUp?.includes(name) === false) continue;
        const question = { instance: { template, index }, isNew: false, earlier, isForced: forced.includes(name) };
        const verdict: Verdict =
          takenUp === undefined ? await checks.check(question) : { fate: "runs", reason: { kind: "never" } };
        verdicts[name] = verdict;
        if (verdict.fate !== "runs") continue;
        ran.push(name);
        if (isPlan === true) continue;
        running?.(name);
        const { inputs, outputs } = filesOf({ template, index }, paths, () => true);
        const texts = inputs.flatMap(([, each]) => each.map((input) => this.#textOf(input)));
        for (const [, output] of outputs) this.write(output, `${name} of ${texts.join()}`);
        const made = await Promise.all(
          outputs.map(async ([, output]) => ({ path: output, ...(await contentsOf(this.at(output))) })),
        );
        const finish = Date.now() / 1000;
        // What was taken up has begun after all that was made before.
        const start = takenUp === undefined ? finish - 1 : finish;
        const times = { pid: 1, start, finish, output: NO_LEAK, error: NO_LEAK };
        const ids = { taskId: 0, attempt: 1, node, engine: 0, slot: 0 };
        checks.succeeded({ template, index }, { ...times, ...ids, ending: exited(0), made });
      }
    }
    await checks.ended();
    await file.close();
    records.close();
    return { verdicts, ran, warnings };
  }

  #textOf(input: string): string {
    return statSync(this.at(input)).isDirectory() ? "folder" : this.read(input);
  }
}

/** Files of a template with the rule `cache`; paths have `${day}` for the one axis that there may be. */
export function cached(
  files: {
    readonly outputs?: Readonly<Record<string, string>>;
    readonly inputs?: Readonly<Record<string, string>>;
    readonly code?: readonly string[];
    readonly cacheEnv?: readonly string[];
  } = {},
): Pick<Template, "files"> {
  const { outputs = {}, inputs = {}, code = [], cacheEnv = [] } = files;
  const named = (paths: Readonly<Record<string, string>>): TemplateFiles["inputs"] =>
    Object.entries(paths).map(([name, each]) => ({ name, path: textIn(each), isFolder: false }));
  return {
    files: {
      outputs: named(outputs),
      inputs: named(inputs),
      code: code.map(textIn),
      rule: "cache",
      cacheEnv,
      isExternal: false,
    },
  };
}

function textIn(source: string): (string | { readonly axis: string })[] {
  const [before = "", after] = source.split("${day}");
  return after === undefined ? [source] : [before, { axis: "day" }, after];
}

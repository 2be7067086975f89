import type { Environment } from "../../domain/environment.ts";
import { formatDiagnostic } from "../../domain/errors.ts";
import type { InstanceState } from "../../domain/instance-state.ts";
import type { TaskOutcome } from "../../domain/task.ts";
import { FileStates } from "../../files/file-states.ts";
import { CacheChecks } from "../../workflows/cache/cache-checks.ts";
import { CacheFile } from "../../workflows/cache/cache-file.ts";
import { CacheRecords } from "../../workflows/cache/records.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import type { Basis } from "../../workflows/history/basis.ts";

export interface RunCacheOptions {
  /** Path of `PREFIX_cache.jsonl`. */
  readonly path: string;
  /** Absolute path of the folder of the run's tasks. */
  readonly folder: string;
  /** Number of the run in its prefix. */
  readonly run: number;
  readonly noCache: boolean;
  readonly environment: Environment;
  /** Records are made of what runs; plans make none. */
  readonly isKept: boolean;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** What a run knows of the contents of files, and what it keeps of them: for tasks with `cache: true`. */
export class RunCache {
  readonly checks: CacheChecks;
  readonly #records: CacheRecords;
  readonly #file: CacheFile | undefined;
  #stateOf: (instance: Instance) => InstanceState | undefined = () => undefined;

  private constructor({ graph, workflow }: Pick<Basis, "graph" | "workflow">, options: RunCacheOptions) {
    const { path, folder, run, noCache, environment, isKept, say } = options;
    const warn = (message: string): void => say(`warning: ${message}`);
    this.#records = CacheRecords.read(path, (warning) => say(formatDiagnostic(warning)));
    const file = isKept ? new CacheFile(path, warn) : undefined;
    this.#file = file;
    this.checks = new CacheChecks({
      graph,
      params: workflow.params,
      environment,
      records: this.#records,
      files: new FileStates(folder),
      isDone: (instance) => {
        const state = this.#stateOf(instance);
        return state === "done" || state === "reused";
      },
      noCache,
      run,
      keep: file === undefined ? undefined : (lines) => file.write(lines),
      warn,
    });
  }

  /**
   * Opens the cache of a run.
   *
   * @returns undefined where no task is cached.
   * @throws UserError `cache-unreadable`.
   */
  static open(basis: Pick<Basis, "graph" | "workflow">, options: RunCacheOptions): RunCache | undefined {
    const { graph } = basis;
    const isCached = (template: number): boolean => graph.template(template).files?.rule === "cache";
    const isAny = Array.from({ length: graph.templates }, (_, template) => template).some(isCached);
    // Nobody knows what is printed.
    return isAny || graph.printers().length > 0 ? new RunCache(basis, options) : undefined;
  }

  /** Who knows from now on which instances are done. */
  follow(stateOf: (instance: Instance) => InstanceState | undefined): void {
    this.#stateOf = stateOf;
  }

  succeeded(instance: Instance, outcome: TaskOutcome): void {
    this.checks.succeeded(instance, outcome);
  }

  /** All records are on the disk when this returns. */
  async close(): Promise<void> {
    await this.checks.ended();
    await this.#file?.close();
    this.#records.close();
  }
}

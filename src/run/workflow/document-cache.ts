import type { Environment } from "../../domain/environment.ts";
import { type Diagnostic, formatDiagnostic } from "../../domain/errors.ts";
import type { TaskOutcome } from "../../domain/task.ts";
import { FileStates } from "../../files/file-states.ts";
import { CacheChecks } from "../../workflows/cache/cache-checks.ts";
import { CacheFile } from "../../workflows/cache/cache-file.ts";
import { compact, isMostlySuperseded } from "../../workflows/cache/compact.ts";
import { CacheRecords } from "../../workflows/cache/records.ts";
import type { Workflow } from "../../workflows/document/workflow.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import type { Checks } from "../../workflows/source/checks.ts";
import type { MadeFiles } from "../../workflows/source/made-files.ts";
import type { WorkflowSource } from "../../workflows/source/workflow-source.ts";

/** What the cache of a document is opened with. */
interface CacheSettings {
  /** Path of `PREFIX_cache.jsonl`. */
  readonly path: string;
  /** Absolute path of the folder of the run's tasks. */
  readonly folder: string;
  /** What tasks find, on this host. */
  readonly env: Environment;
  /** The run goes on whose driver has died. */
  readonly isTakenUp?: boolean | undefined;
  /** Number of the run. */
  readonly run: number;
  /** Records are not asked. */
  readonly noCache: boolean;
  /** The file is another run's, and goes away. */
  readonly overwrite?: boolean | undefined;
  /** Nothing is written. */
  readonly isPlan?: boolean | undefined;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
}

/** What cached instances of a document were made from, for one run. */
export class DocumentCache {
  readonly #basis: Basis;
  readonly #settings: CacheSettings;
  readonly #records: CacheRecords;
  readonly #file: CacheFile;
  #checks: CacheChecks | undefined;
  #source: WorkflowSource | undefined;

  private constructor(basis: Basis, settings: CacheSettings) {
    this.#basis = basis;
    this.#settings = settings;
    const { path, say, overwrite = false } = settings;
    const warn = (warning: Diagnostic): void => say(formatDiagnostic(warning));
    this.#records = overwrite ? CacheRecords.none(path) : CacheRecords.read(path, warn);
    this.#file = new CacheFile(path, say);
  }

  /**
   * Reads what is recorded.
   *
   * @returns undefined for a document without cached tasks.
   * @throws UserError `cache-unreadable`.
   */
  static open(basis: Basis, settings: CacheSettings): DocumentCache | undefined {
    return mayCache(basis.workflow) ? new DocumentCache(basis, settings) : undefined;
  }

  /** Decides about cached instances. */
  checks(paths: MadeFiles): Checks {
    const { folder, env, isTakenUp, run, noCache, isPlan = false, say } = this.#settings;
    this.#checks = new CacheChecks({
      graph: this.#basis.graph,
      params: this.#basis.workflow.params,
      environment: env,
      paths,
      records: this.#records,
      files: new FileStates(folder),
      hasMade: (instance) => this.#hasMade(instance),
      isTakenUp,
      statesOf: (instance) => this.#source?.statesOf(instance) ?? [],
      run,
      noCache,
      keep: isPlan ? undefined : (lines) => this.#file.write(lines),
      warn: say,
    });
    return this.#checks;
  }

  /** The source whose instances are decided about. */
  serve(source: WorkflowSource): void {
    this.#source = source;
  }

  /** Takes note of an instance that has run and succeeded. */
  succeeded(instance: Instance, outcome: TaskOutcome): void {
    this.#checks?.succeeded(instance, outcome);
  }

  /** Nothing is decided any more. What is kept is on the disk when this returns. */
  async close(): Promise<void> {
    await this.#checks?.ended();
    await this.#file.close();
    this.#records.close();
    const { written } = this.#file;
    const lines = this.#records.lines + written;
    // As many instances as before, or some more.
    if (written > 0 && isMostlySuperseded({ lines, instances: this.#records.size })) await compact(this.#settings.path);
  }

  /** What has ended, and is not done, has made nothing. */
  #hasMade(instance: Instance): boolean {
    const state = this.#source?.machine.stateOf(instance);
    return state !== "failed" && state !== "killed" && state !== "skipped" && state !== "blocked";
  }
}

/** Whether a task of the document is cached, or one may come that is. */
function mayCache({ templates }: Workflow): boolean {
  return templates.some(({ files, generates }) => files?.rule === "cache" || generates?.kind === "tasks");
}

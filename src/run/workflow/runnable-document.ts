import { join, resolve } from "node:path";
import type { Environment } from "../../domain/environment.ts";
import { type Diagnostic, formatDiagnostic, UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { plural } from "../../domain/plural.ts";
import { newStageName, stageNamed } from "../../files/outputs/attempt-names.ts";
import { settleStage } from "../../files/outputs/settle.ts";
import type { DocumentSettings, ReadDocument } from "../../workflows/document/read-document.ts";
import type { Workflow } from "../../workflows/document/workflow.ts";
import type { Graph } from "../../workflows/graph/graph.ts";
import type { Numbering } from "../../workflows/graph/numbering.ts";
import { digestOf } from "../../workflows/history/archive.ts";
import { type Basis, basisOf } from "../../workflows/history/basis.ts";
import type { History } from "../../workflows/history/history.ts";
import { PastDocuments } from "../../workflows/history/past-documents.ts";
import type { DocumentArchive, RunRecord } from "../../workflows/history/record.ts";
import { reusedIn } from "../../workflows/history/past.ts";
import type { FilePlaces } from "../../workflows/source/task-files.ts";
import type { WorkflowSource } from "../../workflows/source/workflow-source.ts";
import type { RunFiles } from "../files/run-files.ts";
import { DocumentCache } from "./document-cache.ts";
import { hasChanged } from "./document-files.ts";
import { looksIn } from "./file-looks.ts";
import { ListFiles } from "./list-files.ts";
import { endOfWorkflow } from "./end-of-workflow.ts";
import { firstIdOf } from "./first-id.ts";
import { HistoryKeeper, keptBy } from "./history-keeper.ts";
import type { OpenedWorkflow } from "./opened-workflow.ts";
import { refuseOtherDocument } from "./other-document.ts";
import { readRequested, withInstanceNames } from "./read-requested.ts";
import { secretsFor } from "./secrets.ts";
import { historyAt, settleEarlier } from "./settle-earlier.ts";
import { filesNow, sourceOf } from "./source-of.ts";
import { nothingToDo, wishOf } from "./wish-of.ts";
import { workflowHistory } from "./workflow-history.ts";
import type { WorkflowRequest } from "./workflow-request.ts";

/** What a document is given by whoever runs it. */
interface Around {
  /** Variables in which secrets may be. */
  readonly env: Environment;
  /** Tells the user something, in one line. */
  readonly say: (message: string) => void;
  /** Takes variables out of the environment that processes of the run inherit. */
  readonly hideVariables?: ((names: readonly string[]) => void) | undefined;
}

/** A document that is open: its tasks, and what the run knows of it beside them. */
interface OpenedDocument {
  readonly source: WorkflowSource;
  readonly warnings: readonly Diagnostic[];
  readonly isStream: boolean;
  /** Below this are the ids of all its instances so far. */
  readonly idsEnd: () => number;
  readonly workflow: OpenedWorkflow;
}

interface OpenedParts {
  readonly numbering: Numbering;
  readonly keeper: HistoryKeeper;
  readonly goesOn: boolean;
  /** Name of the stage of the run. */
  readonly stage: string;
  /** Folder of the run's tasks. */
  readonly folder: string;
}

/** A document that was read and is to be run. */
export class RunnableDocument {
  readonly #read: ReadDocument;
  readonly #archive: DocumentArchive;
  readonly #request: WorkflowRequest;
  readonly #around: Around;

  private constructor(
    request: WorkflowRequest,
    { read, archive }: { readonly read: ReadDocument; readonly archive: DocumentArchive },
    around: Around,
  ) {
    this.#request = request;
    this.#read = read;
    this.#archive = archive;
    this.#around = around;
  }

  /**
   * Reads the document and checks all that it says.
   *
   * @throws UserError `bad-document`, `bad-param`, `document-unreadable`.
   */
  static async read(request: WorkflowRequest, settings: DocumentSettings, around: Around): Promise<RunnableDocument> {
    const requested = await readRequested(request, settings, around.say);
    return new RunnableDocument(withInstanceNames(request, requested), requested, around);
  }

  /** What it calls itself, or its file is called: its runs go by this. */
  get name(): string {
    return this.#read.workflow.name;
  }

  /**
   * Opens the document for a new run, which goes on where the last one of the prefix came to.
   *
   * @param carried variables that tasks find beside, or in place of, those of the environment.
   * @throws UserError `prefix-in-use` when another document has the prefix; `secret-missing`; `unknown-goal`, `open-axis`; `cycle`,
   *   `too-many-instances`; and `nothing-to-do`, which is no failure.
   */
  async open(
    settings: { readonly overwrite: boolean; readonly workdir: string | undefined },
    files: RunFiles,
    carried: Environment,
  ): Promise<OpenedDocument> {
    const { say } = this.#around;
    const warn = (warning: Diagnostic): void => say(formatDiagnostic(warning));
    const folder = settings.workdir ?? process.cwd();
    const known = historyAt(files.workflow, settings.overwrite, warn);
    await settleEarlier(known?.runs ?? [], folder, say);
    const history = settings.overwrite ? undefined : known;
    const digest = digestOf(this.#archive);
    const runs = history?.runs ?? [];
    const last = runs.at(-1);
    const file = resolve(this.#request.file);
    if (last !== undefined) refuseOtherDocument({ file, digest }, last, files);
    const documents = new PastDocuments(history ?? NO_HISTORY);
    const { params } = this.#request;
    documents.know({ document: digest, params, file }, this.#read);
    const how = { document: this.#read, runs, documents, status: files.status };
    const wish = await wishOf(this.#request, how);
    const basis = await basisOf({ ...how, wish });
    const about = { document: digest, file, params };
    const { goals, force } = wish;
    const firstId = firstIdOf({ about, goals, force: force ?? [], basis, runs, files });
    const numbering = basis.numberFrom(firstId);
    const secrets = this.#secrets(basis);
    const stage = newStageName();
    const isKept = history?.documents.has(digest) === true;
    const keeper = new HistoryKeeper((statusFrom) => {
      const run: RunRecord = {
        type: "run",
        run: (last?.run ?? 0) + 1,
        time: Date.now() / 1000,
        ...about,
        ...wish,
        form: this.#request.form,
        isPart: this.#request.isPart,
        folder,
        stage,
        firstId,
        idsEnd: numbering.end,
        statusFrom,
      };
      return isKept ? [run] : [{ type: "document", digest, archive: this.#archive }, run];
    });
    const cache = DocumentCache.open(basis, {
      path: files.cache,
      folder,
      env: { ...this.#around.env, ...carried },
      run: (last?.run ?? 0) + 1,
      noCache: wish.noCache === true,
      overwrite: settings.overwrite,
      say,
    });
    const source = sourceOf(basis, {
      numbering,
      secrets,
      warn: this.#around.say,
      kept: [],
      ...keptBy(keeper, basis.graph),
      ...filesNow(basis, looksIn(folder), cache),
      places: placesIn(folder, stage),
    });
    cache?.serve(source);
    try {
      if (!(await source.hasWork())) refuseNothing(source, this.#read.workflow, basis.graph);
    } catch (error) {
      // What was read of files need not be read again.
      await source.close();
      throw error;
    }
    return this.#opened(source, basis, { numbering, keeper, goesOn: history !== undefined, stage, folder });
  }

  /**
   * Opens the document of a run whose driver has died: as it was when that run began, with the same instances and ids.
   *
   * @param carried as for `open`.
   * @throws UserError `not-a-workflow`, `history-unreadable`, `document-unreadable`; `secret-missing`.
   */
  static async again(
    settings: DocumentSettings,
    { secretsFile }: Pick<WorkflowRequest, "secretsFile">,
    files: RunFiles,
    around: Around,
    carried: Environment,
    isGiven: (id: number) => boolean,
  ): Promise<OpenedDocument> {
    const history = workflowHistory(files, around.say);
    const { last, documents } = history;
    const archive = documents.get(last.document);
    if (archive === undefined) {
      throw new UserError("document-unreadable", `${files.workflow} lacks the document of the run`);
    }
    const {
      file,
      form,
      params,
      goals,
      from,
      only,
      force = [],
      noCache = false,
      isPart,
      maxInstances,
      folder,
      // One of a version before this had no tasks that make files.
      stage = newStageName(),
    } = last;
    if (await hasChanged({ file, form }, archive)) {
      const message = `${file} has changed since this run began, which goes on with it as it was; the next run takes it as it is`;
      around.say(message);
    }
    const request = {
      file,
      form,
      archive,
      params,
      goals,
      from,
      only,
      force,
      noCache,
      isPart,
      maxInstances,
      secretsFile,
    };
    const document = await RunnableDocument.read(request, settings, around);
    const past = new PastDocuments(history);
    past.know(last, document.#read);
    const basis = await basisOf({
      document: document.#read,
      wish: last,
      runs: history.runs.slice(0, -1),
      documents: past,
      status: files.status,
      end: last.statusFrom,
    });
    const keeper = new HistoryKeeper(undefined);
    const numbering = basis.numberFrom(last.firstId);
    const secrets = document.#secrets(basis, false);
    const reused = reusedIn({ status: files.status, runs: [last] });
    const nameOf = (id: number): string => {
      const { template, index } = numbering.instanceOf(id) ?? { template: 0, index: 0 };
      return basis.graph.nameOf(template, index);
    };
    const cache = DocumentCache.open(basis, {
      path: files.cache,
      folder,
      env: { ...around.env, ...carried },
      isTakenUp: true,
      run: last.run,
      noCache,
      say: around.say,
    });
    const source = sourceOf(basis, {
      numbering,
      secrets,
      warn: around.say,
      kept: last.growth,
      ...keptBy(keeper, basis.graph),
      ...filesNow(basis, looksIn(folder), cache),
      places: placesIn(folder, stage),
      given: { has: isGiven, wasReused: (id) => reused.size > 0 && reused.has(nameOf(id)) },
    });
    cache?.serve(source);
    return document.#opened(source, basis, { numbering, keeper, goesOn: true, stage, folder });
  }

  /** What the run knows of the document, beside its tasks. */
  #opened(
    source: WorkflowSource,
    { graph }: Basis,
    { numbering, keeper, goesOn, stage, folder }: OpenedParts,
  ): OpenedDocument {
    const workflow: OpenedWorkflow = {
      goesOn,
      end: () => endOfWorkflow(graph, source),
      openHistory: (path) => keeper.open(path),
      begun: (statusFrom) => keeper.begin(statusFrom),
      settle: () => settleStage(folder, stageNamed(stage), (message) => this.#around.say(`warning: ${message}`)),
    };
    return { source, warnings: [], isStream: false, idsEnd: () => numbering.end, workflow };
  }

  /** Those of tasks that the run may come to; from then on no process of the run inherits them. */
  #secrets({ graph, selection }: Basis, mayNameFile = true): Readonly<Record<string, string>> {
    const { env, hideVariables } = this.#around;
    const isWanted = (template: number): boolean => {
      if (graph.isGrowing(template)) return true;
      for (let index = 0; index < graph.size(template); index++) if (selection.wants(template, index)) return true;
      return false;
    };
    const names = this.#read.workflow.templates.flatMap(({ secrets }, template) =>
      secrets.length > 0 && isWanted(template) ? secrets : [],
    );
    const secrets = secretsFor(names, env, this.#request.secretsFile, mayNameFile);
    hideVariables?.(this.#read.workflow.templates.flatMap((template) => template.secrets));
    return secrets;
  }
}

const NO_HISTORY: Pick<History, "documents"> = { documents: new Map() };

/** Where files of a run's tasks are. @param folder of the tasks. */
function placesIn(folder: string, stage: string): FilePlaces {
  const below = stageNamed(stage);
  const lists = new ListFiles(join(folder, below));
  return {
    folder,
    stage: below,
    keepList: (name, paths) => lists.keep(name, paths),
    dropLists: () => lists.remove(),
  };
}

/** Refuses to begin a run of which no task would run. @throws UserError `nothing-to-do`. */
function refuseNothing(source: WorkflowSource, { name }: Workflow, graph: Graph): void {
  const { blocked, firstBlocked } = endOfWorkflow(graph, source);
  const [first] = firstBlocked;
  if (first !== undefined) {
    const lacks = first.lacks === undefined ? "" : ` (${first.lacks.by} printed no task ${first.lacks.task})`;
    const missing = first.missing === undefined ? lacks : ` (${first.missing} is missing)`;
    const why = first.isLeftOut === true ? " (none of its needs is for its values)" : missing;
    throw new UserError("all-blocked", `${name}: nothing can run, ${blocked} blocked: ${first.name}${why}`, {
      exitCode: EXIT.failed,
    });
  }
  const counts = source.tally().map((tally) => tally.counts);
  const total = (state: "done" | "reused" | "skipped"): number =>
    counts.reduce((sum, each) => sum + (each[state] ?? 0), 0);
  const [done, reused, skipped] = [total("done"), total("reused"), total("skipped")];
  const isOnlyReused = done === 0 && reused > 0;
  const parts = isOnlyReused ? [`${plural(reused, "instance")} reused`] : [`${plural(done, "instance")} done already`];
  if (reused > 0 && !isOnlyReused) parts.push(`${reused} reused`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  const isEmpty = counts.every((each) => Object.keys(each).length === 0);
  throw nothingToDo(isEmpty ? `${name} has no instances` : `${name}: ${parts.join(", ")}`);
}

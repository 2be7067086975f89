import { exited, isSuccess } from "../../domain/ending.ts";
import type { InstanceState } from "../../domain/instance-state.ts";
import { NO_LEAK } from "../../domain/result.ts";
import type { Change, RunReason } from "../../domain/run-reason.ts";
import type { PreviousOutcome, TaskOutcome } from "../../domain/task.ts";
import type { FileStates, KnownContents } from "../../files/file-states.ts";
import { isSureStamp, isWrittenBefore } from "../../files/stamp.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import type { Checks, Question, Verdict } from "../source/checks.ts";
import { differences, isDigest, MISSING, outputDifferences, UNREADABLE } from "./differences.ts";
import type { MadeFiles } from "../source/made-files.ts";
import { digestsBefore } from "./digests-before.ts";
import { filesOf, type InstanceFiles } from "./instance-files.ts";
import { fileLine, linesOf, type Maker } from "./lines.ts";
import type { FileDigest, Ingredients, MadeRecord } from "./made-record.ts";
import { type Given, saidOf } from "./said.ts";
import { type Expected, makerIfSame } from "./same-line.ts";

export interface CacheChecksOptions extends Given {
  readonly graph: Graph;
  /** Paths of files. */
  readonly paths: MadeFiles;
  /** What is recorded of earlier runs. */
  readonly records: {
    textOf(instance: string): string | undefined;
    find(instance: string): MadeRecord | undefined;
    contentsOf(path: string): KnownContents | undefined;
  };
  /** What files are in this run. */
  readonly files: FileStates;
  /** Whether an instance has come to a good end: only such a one hands files on. All have, where it is left out. */
  readonly hasMade?: ((instance: Instance) => boolean) | undefined;
  /** How all has ended that an instance needs, by the variable that tells it so. All is done, where it is left out. */
  readonly statesOf?: ((instance: Instance) => Iterable<readonly [variable: string, state: InstanceState]>) | undefined;
  /** Records are not asked: every instance runs. */
  readonly noCache?: boolean | undefined;
  /** The run was taken up: nobody knows in which environment its tasks have run, or run, on engines of the driver before. */
  readonly isTakenUp?: boolean | undefined;
  /** Number of the run in its prefix. */
  readonly run: number;
  /** Takes lines of new records; undefined for plans, which keep nothing. */
  readonly keep?: ((lines: readonly string[]) => void) | undefined;
  /** Told of files that keep an instance from being recorded. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** What a task says. */
interface Said {
  readonly said: Ingredients["said"];
  /** The same as JSON. */
  readonly saidText: string;
}

/** What an instance is made from, and what it makes. */
interface Made extends Said {
  readonly files: InstanceFiles;
}

/** An instance that was handed out. */
interface Started extends Made {
  /** Stamps of all that it is made from, by path, as they were then. */
  readonly stamps: ReadonlyMap<string, string | undefined>;
}

/**
 * Decides about instances of templates with the rule `cache`: those are reused whose record says that they were made from the same,
 * and whose outputs are what was made then. Keeps records of those that run.
 */
export class CacheChecks implements Checks {
  readonly #options: CacheChecksOptions;
  /** By template: its instances have it in common. */
  readonly #said: (Said | undefined)[] = [];
  /** By name. */
  readonly #started = new Map<string, Started>();
  /** Records that are being made. */
  readonly #pending = new Set<Promise<void>>();
  readonly #named = new Set<string>();

  constructor(options: CacheChecksOptions) {
    this.#options = options;
  }

  looksAt(template: number): boolean {
    const { files } = this.#options.graph.template(template);
    return files !== undefined && files.rule === "cache" && !files.isExternal;
  }

  check(question: Question): Verdict | Promise<Verdict> {
    const { noCache = false, records } = this.#options;
    const name = this.#nameOf(question.instance);
    const made = this.#madeBy(question.instance);
    const isAsked = !noCache && !question.isForced;
    const maker = isAsked ? this.#makerIfSame(name, made) : undefined;
    if (maker !== undefined) return reusedFrom(question, maker);
    const record = isAsked ? records.find(name) : undefined;
    if (record === undefined) return this.#handOut(name, made, reasonWithout(question, noCache));
    const waiting = this.#prepare(made.files, record);
    if (waiting === undefined) return this.#decide(question, made, record);
    return waiting.then(() => this.#decide(question, made, record));
  }

  givesOut(instance: Instance): void | Promise<void> {
    if (this.#options.keep === undefined) return undefined;
    const name = this.#nameOf(instance);
    return this.#started.has(name) ? undefined : this.#noteStamps(name, this.#madeBy(instance));
  }

  /**
   * Takes note of an instance that has run and succeeded, of any template. What it was made from is kept, unless something of that
   * is not any more what it was when the instance was handed out.
   */
  succeeded(instance: Instance, outcome: TaskOutcome): void {
    const { files, graph, keep, isTakenUp = false } = this.#options;
    files.made(outcome.made ?? [], outcome.finish * 1000);
    if (keep === undefined || !this.looksAt(instance.template) || !isSuccess(outcome.ending)) return;
    if (isTakenUp && graph.template(instance.template).files?.cacheEnv.length !== 0) return;
    const name = this.#nameOf(instance);
    const made = this.#started.get(name) ?? this.#madeBy(instance);
    this.#started.delete(name);
    const pending = this.#keep(instance, made, outcome).finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  /** All records have been handed to `keep` when this returns. */
  async ended(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #nameOf({ template, index }: Instance): string {
    return this.#options.graph.nameOf(template, index);
  }

  #madeBy(instance: Instance): Made {
    const { graph, paths, hasMade = () => true } = this.#options;
    const { template } = instance;
    let common = this.#said[template];
    if (common === undefined) {
      const lists = paths
        .inputsOf(template)
        .flatMap((input) => (input.kind === "made" && input.isList ? [input.name] : []));
      const said = saidOf(graph.template(template), lists, this.#options);
      this.#said[template] = common = { said, saidText: JSON.stringify(said) };
    }
    const { said, saidText } = this.#withStates(instance, common);
    return { said, saidText, files: filesOf(instance, paths, hasMade) };
  }

  /** The same with the ends that an instance hears of where not all that it needs has succeeded. */
  #withStates(instance: Instance, common: Said): Said {
    if (!hearsOfFailures(this.#options.graph, instance.template)) return common;
    const states: Record<string, string> = {};
    for (const [variable, state] of this.#options.statesOf?.(instance) ?? []) {
      if (state !== "done") states[`env ${variable}`] = state;
    }
    if (Object.keys(states).length === 0) return common;
    const said = { ...common.said, ...states };
    return { said, saidText: JSON.stringify(said) };
  }

  /** Who made an instance of which all still is what its record says, where that is seen at a glance. */
  #makerIfSame(instance: string, { saidText, files }: Made): Maker | undefined {
    const { records, files: states } = this.#options;
    const line = records.textOf(instance);
    if (line === undefined) return undefined;
    const has: Expected["has"] = (path, digest, stamp) => states.has(path, digest, stamp);
    return makerIfSame(line, { instance, said: saidText, files, has });
  }

  /** Makes sure that the contents of all files are known. @returns undefined when they are. */
  #prepare(files: InstanceFiles, record: MadeRecord | undefined): undefined | Promise<unknown> {
    const waiting: Promise<void>[] = [];
    const { code, inputs } = record?.ingredients ?? NOTHING;
    for (const [i, path] of files.code.entries()) this.#prepareFile(path, code[i], waiting);
    for (const [name, paths] of files.inputs) {
      const known = inputs[name];
      for (const [i, path] of paths.entries()) this.#prepareFile(path, known?.[i], waiting);
    }
    if (record !== undefined) {
      for (const [name, path] of files.outputs) this.#prepareFile(path, record.outputs[name], waiting);
    }
    return waiting.length === 0 ? undefined : Promise.all(waiting);
  }

  #prepareFile(path: string, known: FileDigest | undefined, waiting: Promise<void>[]): void {
    const { files, records } = this.#options;
    const { stamp, digest } = known?.path === path ? known : { stamp: undefined, digest: "" };
    const hint = stamp === undefined ? undefined : { stamp, digest };
    const promise = files.prepare(path, (now) => (hint?.stamp === now ? hint : records.contentsOf(path)));
    if (promise !== undefined) waiting.push(promise);
  }

  #decide(question: Question, made: Made, record: MadeRecord): Verdict | Promise<Verdict> {
    const { files, keep } = this.#options;
    const news = files.takeNews();
    if (news.length > 0) keep?.(news.map(([path, { stamp, digest }]) => fileLine(path, stamp, digest)));
    const outputs = Object.fromEntries(
      made.files.outputs.map(([name, path]) => [name, this.#fileDigest(path)] as const),
    );
    const ingredients = this.#ingredients(made);
    const changes = [...differences(record, ingredients), ...outputDifferences(record, outputs)];
    if (changes.length > 0) return this.#handOut(record.instance, made, reasonWith(question, changes));
    return reusedFrom(question, record);
  }

  #ingredients({ said, files }: Made): Ingredients {
    const code = files.code.map((path) => this.#fileDigest(path));
    const inputs = files.inputs.map(([name, paths]) => [name, paths.map((path) => this.#fileDigest(path))] as const);
    return { said, code, inputs: Object.fromEntries(inputs) };
  }

  #fileDigest(path: string): FileDigest {
    const found = this.#options.files.digestOf(path);
    if (typeof found === "object") return { path, digest: found.digest };
    return { path, digest: found === "missing" ? MISSING : UNREADABLE };
  }

  /** Takes note of what an instance is made from that runs. */
  #handOut(name: string, made: Made, reason: RunReason): Verdict | Promise<Verdict> {
    const verdict: Verdict = { fate: "runs", reason };
    const noted = this.#options.keep === undefined ? undefined : this.#noteStamps(name, made);
    return noted === undefined ? verdict : noted.then(() => verdict);
  }

  /** @returns undefined when all stamps are known at once. */
  #noteStamps(name: string, made: Made): undefined | Promise<void> {
    const stamps = new Map<string, string | undefined>();
    const waiting: Promise<unknown>[] = [];
    for (const path of sourcesOf(made.files)) {
      const stamp = this.#options.files.stampOf(path);
      if (stamp instanceof Promise) waiting.push(stamp.then((found) => stamps.set(path, found)));
      else stamps.set(path, stamp);
    }
    this.#started.set(name, { ...made, stamps });
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined);
  }

  async #keep(instance: Instance, made: Made | Started, outcome: TaskOutcome): Promise<void> {
    const lines = await this.#record(instance, made, outcome);
    if (lines.length > 0) this.#options.keep?.(lines);
  }

  async #record(instance: Instance, made: Made | Started, outcome: TaskOutcome): Promise<readonly string[]> {
    const { files, run } = this.#options;
    const { start, finish, node } = outcome;
    const name = this.#nameOf(instance);
    const changed = "stamps" in made ? await this.#changedSince(made) : await this.#changedIn(instance, made, start);
    if (changed !== undefined) {
      this.#name(name, changed);
      return [];
    }
    await this.#prepare(made.files, undefined);
    // The record says it.
    files.takeNews();
    const ingredients = this.#ingredients(made);
    const outputs = made.files.outputs.map(([output, path]): readonly [string, FileDigest] => {
      const digest = outcome.made?.find((file) => file.path === path)?.digest ?? UNREADABLE;
      return [output, this.#stamped({ path, digest })];
    });
    const all = [...ingredients.code, ...Object.values(ingredients.inputs).flat(), ...outputs.map(([, file]) => file)];
    const unread = all.find(({ digest }) => !isDigest(digest));
    if (unread !== undefined) {
      this.#name(name, unread.path);
      return [];
    }
    const stampedInputs = Object.entries(ingredients.inputs).map(([input, list]) => {
      return [input, list.map((file) => this.#stamped(file))] as const;
    });
    const code = ingredients.code.map((file) => this.#stamped(file));
    return linesOf({
      type: "made",
      instance: name,
      ...{ run, node, start, finish },
      ingredients: { said: made.said, code, inputs: Object.fromEntries(stampedInputs) },
      outputs: Object.fromEntries(outputs),
    });
  }

  /** The first file that is not what it was when the instance was handed out. */
  #changedSince({ files, stamps }: Started): Promise<string | undefined> {
    return this.#firstChanged(files, (path, now) => stamps.get(path) === now);
  }

  /**
   * The same of an instance at whose files nobody has looked then, as before the run was taken up. All have to be older than its
   * start. What another one had made just before it counts, too, if that one's record says that the contents are still the same.
   */
  #changedIn(instance: Instance, { files }: Made, start: number): Promise<string | undefined> {
    const time = start * 1000;
    let before: ReadonlyMap<string, string> | undefined;
    return this.#firstChanged(files, (path, now) => {
      if (isSureStamp(now, time)) return true;
      before ??= digestsBefore(this.#options, instance, start);
      const digest = before.get(path);
      return digest !== undefined && isWrittenBefore(now, time) && this.#hasNow(path, digest);
    });
  }

  async #hasNow(path: string, digest: string): Promise<boolean> {
    await this.#options.files.prepare(path);
    return this.#fileDigest(path).digest === digest;
  }

  async #firstChanged(
    made: InstanceFiles,
    isSame: (path: string, now: string) => boolean | Promise<boolean>,
  ): Promise<string | undefined> {
    const { files } = this.#options;
    for (const path of sourcesOf(made)) {
      const found = files.stampNow(path);
      const now = found instanceof Promise ? await found : found;
      const same = now !== undefined && isSame(path, now);
      if (same === true || (await same)) continue;
      files.forget(path);
      return path;
    }
    return undefined;
  }

  #stamped({ path, digest }: FileDigest): FileDigest {
    return { path, digest, stamp: this.#options.files.sureStampOf(path) };
  }

  #name(instance: string, path: string): void {
    if (this.#named.has(path)) return;
    this.#named.add(path);
    this.#options.warn?.(
      `${path} changed, or went away, while ${instance} was made from it, which is not reused by later runs`,
    );
  }
}

/** Whether instances of a template may run when something that they need has not succeeded. */
function hearsOfFailures(graph: Graph, template: number): boolean {
  const { condition, alternatives } = graph.template(template);
  if (condition !== "success" || alternatives.length > 1) return true;
  return graph.edgesTo(template).some(({ parent, definition: { printed } }) => {
    return printed !== undefined || graph.template(parent).allowFailure;
  });
}

const NOTHING: Ingredients = { said: {}, code: [], inputs: {} };

function* sourcesOf({ code, inputs }: InstanceFiles): Generator<string, void, void> {
  yield* code;
  for (const [, paths] of inputs) yield* paths;
}

/** Why an instance runs of which there is no record. */
function reasonWithout({ earlier, isNew, isForced }: Question, noCache: boolean): RunReason {
  if (isForced && earlier !== "failed") return { kind: "forced" };
  if (earlier === "never" || earlier === "failed") return { kind: earlier };
  if (noCache) return { kind: "forced" };
  // The driver was killed before it had written it, say.
  const isLost = earlier === "done" && !isNew;
  return { kind: "changed", changes: isLost ? [{ part: "record", how: "missing" }] : [] };
}

function reasonWith({ earlier }: Question, changes: readonly Change[]): RunReason {
  return earlier === "failed" ? { kind: "failed" } : { kind: "changed", changes };
}

function reusedFrom({ earlier, isNew }: Question, maker: Maker): Verdict {
  const { run, node, finish } = maker;
  // What it needs has run since the row that the prefix has.
  const isRecorded = earlier === "done" && !isNew;
  return { fate: "reused", from: { run, time: finish, node }, previous: isRecorded ? undefined : outcomeOf(maker) };
}

/** What the record says of how an instance has ended. */
function outcomeOf({ node, start, finish }: Maker): PreviousOutcome {
  return {
    node,
    alreadyRecorded: false,
    pid: -1,
    ending: exited(0),
    start,
    finish,
    output: NO_LEAK,
    error: NO_LEAK,
  };
}

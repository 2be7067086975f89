import type { Change, RunReason } from "../../domain/run-reason.ts";
import type { TemplateFiles } from "../document/workflow.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import type { Checks, Question, Verdict } from "./checks.ts";
import type { Earlier } from "./earlier.ts";
import type { Input, MadeFiles, MadeOutput } from "./made-files.ts";

/** Looks at files. */
export interface FileLooks {
  /** When the file or folder at a path was written last, in milliseconds; -1 where there is none of this kind. */
  timeOf(path: string, isFolder: boolean): number;
  /** The same of a file, or of a folder with all that is in it: when the newest of it was written. */
  newestIn(path: string): number;
}

export interface RuleChecksOptions {
  readonly graph: Graph;
  readonly files: MadeFiles;
  readonly looks: FileLooks;
  /** Earlier runs of the prefix are known. */
  readonly hasPast: boolean;
  /** Decides by the rule `cache`; without one every instance of it runs. */
  readonly cache: Checks | undefined;
}

/** Whether files of a task decide about its instances. */
export function filesDecide({ isExternal, rule, outputs }: TemplateFiles): boolean {
  return isExternal || rule !== "history" || outputs.length > 0;
}

const DONE: Verdict = { fate: "done" };

/** Decides by their files which instances run. */
export class RuleChecks implements Checks {
  readonly #options: RuleChecksOptions;
  readonly #times: NewestInputs;

  constructor(options: RuleChecksOptions) {
    this.#options = options;
    this.#times = new NewestInputs(options);
  }

  looksAt(template: number): boolean {
    const { files } = this.#options.graph.template(template);
    if (files === undefined || !filesDecide(files)) return false;
    // What nothing has run yet runs, whatever is there.
    return this.#options.hasPast || files.isExternal || files.rule !== "history";
  }

  templatesCame(): void {
    this.#options.files.templatesCame();
    this.#options.cache?.templatesCame?.();
  }

  givesOut(instance: Instance): void | Promise<void> {
    const { graph, cache } = this.#options;
    if (graph.template(instance.template).files?.rule === "cache") return cache?.givesOut?.(instance);
  }

  check(question: Question): Verdict | Promise<Verdict> {
    const { instance, isNew, earlier, isForced } = question;
    const { template, index } = instance;
    const { graph, cache } = this.#options;
    const files = graph.template(template).files;
    if (files?.isExternal === true) {
      const missing = this.#missing(template, index);
      return missing === undefined ? DONE : { fate: "missing", path: missing.pathOf(index) };
    }
    const rule = files?.rule ?? "history";
    const isWanted = isForced || earlier === "undone";
    // What is kept of it is what it was made from when it was handed out.
    if (rule === "cache" && cache !== undefined) return cache.check({ ...question, isForced: isWanted });
    if (isWanted || rule === "cache") return runs(earlier === "failed" ? earlier : "forced");
    if (isNew) return runs("again");
    if (rule === "history" && earlier !== "done") return { fate: "runs", reason: reasonOf(earlier) };
    const missing = this.#missing(template, index);
    if (missing !== undefined) {
      if (earlier === "never") return runs("never");
      const { name } = missing;
      return changed({ part: "output", name, path: missing.pathOf(index), how: "missing" });
    }
    const newer = rule === "newer" ? this.#times.newerThanOutputs(template, index) : undefined;
    return newer === undefined ? DONE : changed(newer);
  }

  /** The first output that is not there. */
  #missing(template: number, index: number): MadeOutput | undefined {
    const { files, looks } = this.#options;
    const outputs = files.outputsOf(template);
    for (const output of outputs) {
      const time = looks.timeOf(output.pathOf(index), output.isFolder);
      if (time < 0) return output;
      // The time of a folder says nothing of what is written in it.
      if (!output.isFolder) this.#times.noteOutput(template, index, output, time);
    }
    return undefined;
  }
}

/** Why an instance runs, by what earlier runs say of it alone. */
export function reasonOf(earlier: Earlier): RunReason {
  switch (earlier) {
    case "never":
    case "failed":
      return { kind: earlier };
    case "changed":
      return { kind: "changed", changes: [] };
    case "done":
    case "outdated":
      return { kind: "again" };
    case "undone":
      return { kind: "forced" };
    default:
      return earlier satisfies never;
  }
}

function runs(kind: "never" | "failed" | "forced" | "again"): Verdict {
  return { fate: "runs", reason: { kind } };
}

function changed(change: Change): Verdict {
  return { fate: "runs", reason: { kind: "changed", changes: [change] } };
}

/** The rule `newer`: no output is older than an input or a code file. Each file is looked at once, whatever the number of its readers. */
class NewestInputs {
  readonly #options: RuleChecksOptions;
  /** By path: times of inputs that no task makes, and of code. */
  readonly #known = new Map<string, number>();
  /** By template and name of the output: times by index, from 1 on so that 0 is unknown. */
  readonly #made: Map<string, Float64Array>[] = [];
  /** By edge and output: the newest of each group. */
  readonly #newest = new Map<string, Float64Array>();
  readonly #isAsked: (boolean | undefined)[] = [];

  constructor(options: RuleChecksOptions) {
    this.#options = options;
  }

  /** Takes note of the time of an output, if anything asks for it. */
  noteOutput(template: number, index: number, { name }: MadeOutput, time: number): void {
    if (!(this.#isAsked[template] ??= this.#asksFor(template))) return;
    const byName = (this.#made[template] ??= new Map<string, Float64Array>());
    let times = byName.get(name);
    if (times === undefined || times.length <= index) {
      const longer = new Float64Array(Math.max(index + 1, this.#options.graph.size(template)));
      longer.set(times ?? []);
      byName.set(name, (times = longer));
    }
    times[index] = time + 1;
  }

  /** The first input or code file that is newer than an output. */
  newerThanOutputs(template: number, index: number): Change | undefined {
    const { files } = this.#options;
    const oldest = files
      .outputsOf(template)
      .reduce((least, output) => Math.min(least, this.#timeOfOutput(template, index, output)), Infinity);
    for (const input of files.inputsOf(template)) {
      if (this.#timeOfInput(input, index) <= oldest) continue;
      const path = this.#newerPath(input, index, oldest);
      return { part: "input", name: input.name, path, how: "newer" };
    }
    for (const pathOf of files.codeOf(template)) {
      const path = pathOf(index);
      if (this.#timeOfFile(path) > oldest) return { part: "code", path, how: "newer" };
    }
    return undefined;
  }

  #newerPath(input: Input, index: number, oldest: number): string | undefined {
    if (input.kind === "file") return input.pathOf(index);
    for (const { edge, output } of input.from) {
      for (const parent of edge.parentsOf(index)) {
        if (this.#timeOfOutput(edge.parent, parent, output) > oldest) return output.pathOf(parent);
      }
    }
    return undefined;
  }

  #timeOfInput(input: Input, index: number): number {
    if (input.kind === "file") return this.#timeOfFile(input.pathOf(index));
    let newest = -1;
    for (const { edge, output } of input.from) {
      for (const group of edge.groupsOfChild(index)) newest = Math.max(newest, this.#newestIn(edge, group, output));
    }
    return newest;
  }

  #newestIn(edge: GraphEdge, group: number, output: MadeOutput): number {
    const key = `${edge.number} ${output.name}`;
    let times = this.#newest.get(key);
    if (times === undefined || times.length <= group) {
      const longer = new Float64Array(Math.max(group + 1, edge.groups));
      longer.set(times ?? []);
      this.#newest.set(key, (times = longer));
    }
    const known = times[group] ?? 0;
    if (known > 0) return known - 1;
    let newest = 0;
    for (const parent of edge.parentsIn(group)) {
      newest = Math.max(newest, this.#timeOfOutput(edge.parent, parent, output));
    }
    times[group] = newest + 1;
    return newest;
  }

  #timeOfOutput(template: number, index: number, output: MadeOutput): number {
    const known = this.#made[template]?.get(output.name)?.[index] ?? 0;
    if (known > 0) return known - 1;
    const { looks } = this.#options;
    const path = output.pathOf(index);
    const time = output.isFolder ? looks.newestIn(path) : looks.timeOf(path, false);
    if (time >= 0) this.noteOutput(template, index, output, time);
    return time;
  }

  #timeOfFile(path: string): number {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const time = this.#options.looks.newestIn(path);
    this.#known.set(path, time);
    return time;
  }

  #asksFor(template: number): boolean {
    const { graph } = this.#options;
    const isNewer = (each: number): boolean => graph.template(each).files?.rule === "newer";
    return isNewer(template) || graph.edgesFrom(template).some(({ child }) => isNewer(child));
  }
}

import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { pathOf } from "../document/path-of.ts";
import { areApart } from "../paths/are-apart.ts";
import { isDistinct } from "../paths/is-distinct.ts";
import { Neighbours } from "../paths/neighbours.ts";
import { PathTable } from "../paths/path-table.ts";
import { surelyMeet } from "../paths/surely-meet.ts";
import { printName } from "./instance-name.ts";
import type { Pattern } from "./instance.ts";
import { AxisFacts, OutputEntry, ReadEntry } from "./template-files.ts";
import type { TemplateInstances } from "./template-instances.ts";

/** Pairs of outputs whose shapes are compared; with more of them all paths are compared instead. */
const MOST_PAIRS = 500_000;
/** Outputs that are told to be others', at most. */
const MOST_TOLD = 10;

/** An output of an instance, by the instance's values. */
interface Owned {
  readonly entry: OutputEntry;
  readonly values: readonly string[];
  readonly path: string;
}

/**
 * Which instance makes which file: no two the same one, and none a file in another one's folder.
 *
 * That most outputs differ is proved by the shape of their paths, without a look at the instances: nothing is kept of them. Paths
 * of the others are compared.
 */
export class OutputOwners {
  readonly #templates: TemplateInstances[] = [];
  #facts = new AxisFacts();
  #outputs = new Neighbours<OutputEntry>();
  #reads = new Neighbours<ReadEntry>();
  #readKeys = new Set<string>();
  #entries: OutputEntry[] = [];
  /** By axis: outputs of templates that have it. */
  #byAxis = new Map<number, OutputEntry[]>();
  /** Outputs whose paths are compared. */
  #compared = new Set<OutputEntry>();
  /** Outputs whose paths have to be compared, too. */
  readonly #fresh = new Set<OutputEntry>();
  #table = new PathTable();
  #pairs = 0;

  /**
   * Takes in templates, all or none.
   *
   * @throws UserError `file-conflict`, with all that is wrong as diagnostics.
   */
  add(templates: readonly TemplateInstances[]): void {
    const some = templates.filter(({ template }) => template.files !== undefined);
    if (some.length === 0) return;
    this.#orUndo(() => {
      const mistakes: Diagnostic[] = [];
      for (const instances of some) this.#take(instances, mistakes);
      if (mistakes.length > 0) throw refusal(mistakes);
      this.#compareNew();
    });
    this.#templates.push(...some);
  }

  /**
   * Looks at values before an axis gets them.
   *
   * @param axis position in the workflow's axes.
   * @throws UserError `file-conflict`.
   */
  grow(axis: number, values: readonly string[]): void {
    const entries = this.#byAxis.get(axis) ?? [];
    if (entries.length === 0) return;
    this.#orUndo(() => {
      const axes = entries.flatMap(({ instances }) => instances.axes.filter((each) => each.axis.number === axis));
      const isVaguer = this.#facts.grow(axes, values);
      if (isVaguer) for (const entry of entries) this.#prove(entry);
      this.#compareNew();
      const some = entries.filter((entry) => this.#compared.has(entry));
      this.#compare(() => owned(some, (instances) => instances.coming(axis, values)));
    });
  }

  /**
   * Looks at instances before they are made since somebody asks for them.
   *
   * @throws UserError `file-conflict`.
   */
  ask(instances: TemplateInstances, pattern: Pattern): void {
    if (this.#compared.size === 0) return;
    const some = this.#entries.filter((entry) => entry.instances === instances && this.#compared.has(entry));
    if (some.length === 0) return;
    this.#orUndo(() => this.#compare(() => owned(some, (each) => each.comingFor(pattern))));
  }

  #take(instances: TemplateInstances, mistakes: Diagnostic[]): void {
    const tell = (read: ReadEntry, output: OutputEntry): void => {
      const wrong = mistakes.length < MOST_TOLD ? mistakeIn(read, output) : undefined;
      if (wrong !== undefined) mistakes.push(wrong);
    };
    const { outputs = [], inputs = [], code = [] } = instances.template.files ?? {};
    for (const output of outputs) {
      const entry = new OutputEntry(instances, output, this.#facts);
      for (const read of this.#reads.near(entry)) tell(read, entry);
      this.#entries.push(entry);
      for (const { axis } of instances.axes) {
        const known = this.#byAxis.get(axis.number);
        if (known === undefined) this.#byAxis.set(axis.number, [entry]);
        else known.push(entry);
      }
      this.#prove(entry);
      this.#outputs.add(entry);
    }
    for (const { name, path } of inputs) this.#read(new ReadEntry(instances, path, name, this.#facts), tell);
    for (const path of code) this.#read(new ReadEntry(instances, path, undefined, this.#facts), tell);
  }

  #read(read: ReadEntry, tell: (read: ReadEntry, output: OutputEntry) => void): void {
    for (const entry of this.#outputs.near(read)) tell(read, entry);
    // Many tasks read the same program: one of them is told.
    const { key } = read;
    if (this.#readKeys.has(key)) return;
    this.#readKeys.add(key);
    this.#reads.add(read);
  }

  /** Looks whether shapes prove that an output is no other one's; otherwise the paths have to be compared. */
  #prove(entry: OutputEntry): void {
    const { instances, literal } = entry;
    const varying = instances.axes.filter(({ axis, values }) => axis.isGrowing || values.length > 1);
    const isAlone =
      varying.length === 0 ||
      (literal === undefined &&
        isDistinct(
          entry.pattern,
          varying.map(({ name }) => name),
        ));
    if (!isAlone) this.#fresh.add(entry);
    for (const other of this.#outputs.near(entry)) {
      if (other === entry) continue;
      if (++this.#pairs > MOST_PAIRS) break;
      if (areApart(entry.pattern, other.pattern)) continue;
      this.#fresh.add(entry);
      this.#fresh.add(other);
    }
    if (this.#pairs > MOST_PAIRS) for (const each of this.#entries) this.#fresh.add(each);
  }

  #compareNew(): void {
    if (this.#fresh.size === 0) return;
    const some = this.#entries.filter((entry) => this.#fresh.has(entry) && !this.#compared.has(entry));
    this.#fresh.clear();
    for (const entry of some) this.#compared.add(entry);
    this.#compare(() => owned(some, (instances) => instances.values()));
  }

  /** @param come gives what comes, and has not been compared. */
  #compare(come: () => Iterable<Owned>): void {
    const suspects: Owned[] = [];
    for (const one of come()) {
      if (this.#table.add(one.path)) suspects.push(one);
      if (suspects.length === MOST_TOLD) break;
    }
    if (suspects.length === 0) return;
    const mistakes = this.#conflicts(suspects, come);
    if (mistakes.length > 0) throw refusal(mistakes);
  }

  /** The conflicts of outputs that have the hashes of others. */
  #conflicts(suspects: readonly Owned[], come: () => Iterable<Owned>): Diagnostic[] {
    const open = new Set(suspects);
    const told: Diagnostic[] = [];
    const known = (): Iterable<Owned> => owned(this.#compared, (instances) => instances.values());
    for (const others of [known, come]) {
      for (const other of others()) {
        for (const suspect of open) {
          if (isSame(suspect, other) || !areInOneAnother(suspect.path, other.path)) continue;
          open.delete(suspect);
          told.push(conflict(other, suspect));
        }
        if (open.size === 0) return told;
      }
    }
    return told;
  }

  /** Does something; as if nothing had been when it fails. */
  #orUndo(step: () => void): void {
    try {
      step();
    } catch (error) {
      const templates = this.#templates.splice(0);
      [this.#facts, this.#outputs, this.#reads] = [new AxisFacts(), new Neighbours(), new Neighbours()];
      [this.#entries, this.#byAxis, this.#readKeys] = [[], new Map(), new Set()];
      [this.#compared, this.#table, this.#pairs] = [new Set(), new PathTable(), 0];
      this.#fresh.clear();
      if (templates.length > 0) this.add(templates);
      throw error;
    }
  }
}

function* owned(
  entries: Iterable<OutputEntry>,
  valuesOf: (instances: TemplateInstances) => Iterable<readonly string[]>,
): Generator<Owned> {
  for (const entry of entries) {
    const names = entry.instances.axes.map(({ name }) => name);
    for (const values of valuesOf(entry.instances)) {
      const byName = Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
      const found = pathOf(entry.text, byName);
      // What is no path is told when the instance is about to start.
      if ("path" in found) yield { entry, values, path: found.path };
    }
  }
}

function isSame(a: Owned, b: Owned): boolean {
  return a.entry === b.entry && a.values.every((value, i) => value === b.values[i]);
}

function areInOneAnother(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

function conflict(before: Owned, one: Owned): Diagnostic {
  const [a, b] = [nameOf(before), nameOf(one)];
  const message =
    before.path === one.path
      ? `${a} and ${b} would both make ${one.path}`
      : before.path.length < one.path.length
        ? `${b} would make ${one.path}, in ${before.path}, which ${a} makes`
        : `${b} would make ${one.path}, and ${a} ${before.path}, which is in it`;
  const { place, axes } = one.entry.instances.template;
  const hint =
    axes.length > 0 && before.entry === one.entry ? "name all axes in the path" : "give one of them another path";
  return { code: "file-conflict", severity: "error", place, message, hint };
}

function nameOf({ entry: { instances }, values }: Owned): string {
  return printName(
    instances.template.name,
    instances.axes.map(({ name }, i) => [name, values[i] ?? ""]),
  );
}

/** What is wrong when a file that should be nobody's is one that a task makes. */
function mistakeIn(read: ReadEntry, output: OutputEntry): Diagnostic | undefined {
  const meeting = surelyMeet(read.pattern, output.pattern);
  if (meeting === undefined) return undefined;
  const [reader, maker] = [read.instances, output.instances];
  if (!mayHave(reader, meeting.of) || !mayHave(maker, meeting.with)) return undefined;
  const { name, place } = reader.template;
  const [message, hint] =
    reader === maker
      ? [`${name}: ${read.words} is what the task itself makes: its output ${output.name}`, "leave one of them out"]
      : [
          `${name}: ${read.words} is what the task ${maker.template.name} makes`,
          `write inputs: {${read.input ?? "NAME"}: ${maker.template.name}.${output.name}}, so that it is made before`,
        ];
  return { code: "file-conflict", severity: "error", place, message, hint };
}

/** Whether a template has, or may get, an instance with some values. */
function mayHave(instances: TemplateInstances, values: Readonly<Record<string, string>>): boolean {
  return instances.isOpen || instances.axes.some(({ axis }) => axis.isGrowing) || instances.hasSome(values);
}

function refusal(diagnostics: readonly Diagnostic[]): UserError {
  return new UserError("file-conflict", "files of tasks get in each other's way", { diagnostics });
}

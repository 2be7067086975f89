import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Text } from "../document/workflow.ts";
import { type PathPattern, patternOf } from "../paths/path-pattern.ts";
import { ValueFacts } from "../paths/value-facts.ts";
import { textOf } from "./values.ts";
import type { TemplateAxis } from "./template-axis.ts";
import type { TemplateInstances } from "./template-instances.ts";

/** An output of a template. */
export interface OutputEntry {
  readonly instances: TemplateInstances;
  readonly name: string;
  readonly isFolder: boolean;
  readonly pattern: PathPattern;
}

/** A file that tasks read and that none of them should make. */
export interface ReadEntry {
  readonly instances: TemplateInstances;
  /** What people call it. */
  readonly words: string;
  /** Name of the input; undefined for code. */
  readonly input: string | undefined;
  readonly pattern: PathPattern;
  /** What reads of the same files share. */
  readonly key: string;
}

/** Makes patterns of the files of templates. What is known of axes is found out once, and only for those that paths name. */
export class TemplateFilesReader {
  readonly #facts = new Map<unknown, ValueFacts>();

  outputsOf(instances: TemplateInstances): OutputEntry[] {
    return (instances.template.files?.outputs ?? []).map(({ name, isFolder, path }) => ({
      ...{ instances, name, isFolder, pattern: this.#patternOf(path, instances) },
    }));
  }

  readsOf(instances: TemplateInstances): ReadEntry[] {
    const { files, axes } = instances.template;
    if (files === undefined) return [];
    const read = (path: Text, words: string, input: string | undefined): ReadEntry => ({
      ...{ instances, words, input, pattern: this.#patternOf(path, instances) },
      key: JSON.stringify(path.every((part) => typeof part === "string") ? path : [path, axes]),
    });
    return [
      ...files.inputs.map(({ name, path }) => read(path, `the input ${name}, ${shown(path)},`, name)),
      ...files.code.map((path) => read(path, `the code ${shown(path)}`, undefined)),
    ];
  }

  /** Takes note of values that an axis is to get, as templates have it. @returns whether something is vaguer now. */
  grow(axes: readonly TemplateAxis[], values: readonly string[]): boolean {
    let isVaguer = false;
    for (const key of new Set(axes.map(keyOf))) {
      const facts = this.#facts.get(key);
      for (const value of facts === undefined ? [] : values) if (facts?.add(value) === true) isVaguer = true;
    }
    return isVaguer;
  }

  #patternOf(path: Text, { axes }: TemplateInstances): PathPattern {
    return patternOf(path, (name) => {
      const axis = axes.find((each) => each.name === name);
      if (axis === undefined) throw new Error(`a path has the axis ${name}, which the task does not have`);
      return this.#factsOf(axis);
    });
  }

  #factsOf(axis: TemplateAxis): ValueFacts {
    const key = keyOf(axis);
    const known = this.#facts.get(key) ?? factsOf(axis);
    this.#facts.set(key, known);
    return known;
  }
}

/** Templates share what is known of an axis, unless one has values of its own. */
function keyOf(axis: TemplateAxis): unknown {
  return axis.hasExtra ? axis : axis.axis;
}

function factsOf({ axis: { definition, isGrowing }, hasExtra, values }: TemplateAxis): ValueFacts {
  const facts = new ValueFacts(isGrowing ? undefined : (value) => values.find(value) !== -1);
  if (definition.kind === "range" && !hasExtra && values.length > 0) {
    const last = definition.from + (values.length - 1) * definition.step;
    facts.addRange(textOf(definition.type, definition.from), textOf(definition.type, last));
    return facts;
  }
  for (let position = 0; position < values.length; position++) facts.add(values.at(position));
  return facts;
}

/** A path as it stands in the document. */
function shown(path: Text): string {
  const text = path.map((part) => (typeof part === "string" ? part : `\${${part.axis}}`)).join("");
  return /^[\w.+:/${}-]+$/.test(text) ? text : quoteWord(text);
}

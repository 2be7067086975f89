import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { plainText } from "../document/placed-text.ts";
import type { OutputFile, Text } from "../document/workflow.ts";
import { type PathPattern, patternOf } from "../paths/path-pattern.ts";
import type { PathEntry } from "../paths/neighbours.ts";
import { ValueFacts } from "../paths/value-facts.ts";
import type { TemplateAxis } from "./template-axis.ts";
import type { TemplateInstances } from "./template-instances.ts";
import { textOf } from "./values.ts";

/** A file of a template. */
class TemplateFile implements PathEntry {
  readonly instances: TemplateInstances;
  readonly text: Text;
  readonly #facts: AxisFacts;
  #pattern: PathPattern | undefined;

  constructor(instances: TemplateInstances, text: Text, facts: AxisFacts) {
    this.instances = instances;
    this.text = text;
    this.#facts = facts;
  }

  get literal(): string | undefined {
    const [only] = this.text;
    return this.text.length === 1 && typeof only === "string" ? only : undefined;
  }

  get pattern(): PathPattern {
    if (this.#pattern !== undefined) return this.#pattern;
    const pattern = patternOf(this.text, (name) => this.#factsOf(name));
    // Most of very many tasks have paths that are no patterns, and are looked at once.
    if (this.literal === undefined) this.#pattern = pattern;
    return pattern;
  }

  #factsOf(name: string): ValueFacts {
    const axis = this.instances.axes.find((each) => each.name === name);
    if (axis === undefined) throw new Error(`a path has the axis ${name}, which the task does not have`);
    return this.#facts.of(axis);
  }
}

/** An output of a template. */
export class OutputEntry extends TemplateFile {
  readonly name: string;

  constructor(instances: TemplateInstances, { name, path }: OutputFile, facts: AxisFacts) {
    super(instances, path, facts);
    this.name = name;
  }
}

/** A file that a template reads and that no task makes. */
export class ReadEntry extends TemplateFile {
  /** Name of the input; undefined for code. */
  readonly input: string | undefined;

  constructor(instances: TemplateInstances, path: Text, input: string | undefined, facts: AxisFacts) {
    super(instances, path, facts);
    this.input = input;
  }

  /** What people call it. */
  get words(): string {
    return this.input === undefined ? `the code ${shown(this.text)}` : `the input ${this.input}, ${shown(this.text)},`;
  }

  /** What reads of the same files share. */
  get key(): string {
    return this.literal ?? JSON.stringify([this.text, this.instances.template.axes]);
  }
}

/** What is known of the values of axes: found out once, and only for those that paths name. */
export class AxisFacts {
  readonly #facts = new Map<unknown, ValueFacts>();

  of(axis: TemplateAxis): ValueFacts {
    const key = keyOf(axis);
    const known = this.#facts.get(key) ?? factsOf(axis);
    this.#facts.set(key, known);
    return known;
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
  const text = plainText(path);
  return /^[\w.+:/${}-]+$/.test(text) ? text : quoteWord(text);
}

import { UserError } from "../../domain/errors.ts";
import type { CsvColumns } from "./csv.ts";
import { readListedValues } from "./listed-values.ts";
import type { ListTemplate, ValueSource } from "./list-template.ts";
import type { Names } from "./template.ts";
import { type ValueList, valuesOf } from "./value-list.ts";

/** Values that go side by side: the first of all of them together, then the second. */
export interface Dimension {
  readonly length: number;
  /** Where they come from, for messages. */
  readonly from: string;
  readonly columns: readonly Column[];
}

/** Values that a placeholder can stand for. */
export interface Column {
  readonly values: ValueList;
  /** Missing for a column without a name, and for values of `:::`. */
  readonly name: string | undefined;
  readonly isPositional: boolean;
  /** Whether nobody minds that the command does not use it. */
  readonly isOptional: boolean;
  /** Where the values come from, for messages. */
  readonly from: string;
}

/** What was read from the files of a template. */
export interface FileValues {
  readonly lines: (path: string) => ValueList;
  readonly csv: (path: string) => CsvColumns;
}

/** The columns of a template, and how they go together. */
export interface Combined {
  /** They are combined with each other, the last changing fastest; or there is one alone. */
  readonly dimensions: readonly Dimension[];
  readonly columns: readonly Column[];
  readonly names: Names;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

/**
 * Puts the sources of a template together.
 *
 * @throws UserError `bad-values`, `bad-template` for a name that is given twice, `uneven-lists`.
 */
export function combine({ sources, isZipped }: ListTemplate, files: FileValues): Combined {
  const warnings: string[] = [];
  const dimensions: Dimension[] = [];
  for (const source of sources) {
    const added = dimensionOf(source, files);
    const before = dimensions.at(-1);
    if (!("isLinked" in source) || !source.isLinked) dimensions.push(added);
    else if (before?.columns[0]?.isPositional === true) {
      const linked = link(before, added);
      if (before.length !== added.length) warnings.push(leftOut(before, added));
      dimensions[dimensions.length - 1] = linked;
    } else
      throw new UserError("bad-template", `${added.from} goes with the values of a ::: before it, and there is none`);
  }
  const together = isZipped ? [zip(dimensions)] : dimensions;
  const columns = together.flatMap((dimension) => dimension.columns);
  return { dimensions: together, columns, names: namesOf(columns), warnings };
}

function dimensionOf(source: ValueSource, files: FileValues): Dimension {
  switch (source.kind) {
    case "list": {
      const word = `${source.name}=${source.text}`;
      return named(source.name, readListedValues(source.text, word), `${source.name}=`);
    }
    case "named-lines":
      return named(source.name, files.lines(source.path), `${source.name}=@${source.path}`);
    case "words": {
      const from = source.isLinked ? ":::+" : ":::";
      if (source.words.length === 0) throw new UserError("bad-values", `there is no value behind ${from}`);
      return positional(valuesOf(source.words), from);
    }
    case "lines":
      return positional(files.lines(source.path), `${source.isLinked ? "::::+" : "::::"} ${source.path}`);
    case "csv": {
      const { names, columns } = files.csv(source.path);
      const from = `--csv ${source.path}`;
      return {
        length: columns[0]?.length ?? 0,
        from,
        columns: columns.map((values, i) => {
          const name = names[i] === "" ? undefined : names[i];
          return { values, name, isPositional: false, isOptional: true, from };
        }),
      };
    }
    default:
      return source satisfies never;
  }
}

function named(name: string, values: ValueList, from: string): Dimension {
  return { length: values.length, from, columns: [{ values, name, isPositional: false, isOptional: false, from }] };
}

function positional(values: ValueList, from: string): Dimension {
  return {
    length: values.length,
    from,
    columns: [{ values, name: undefined, isPositional: true, isOptional: false, from }],
  };
}

function link(before: Dimension, added: Dimension): Dimension {
  return { ...before, length: Math.min(before.length, added.length), columns: [...before.columns, ...added.columns] };
}

function leftOut(before: Dimension, added: Dimension): string {
  const both = `${before.from} has ${before.length} and ${added.from} has ${added.length}`;
  return `values without a counterpart are left out, as GNU parallel does: ${both}`;
}

function zip(dimensions: readonly Dimension[]): Dimension {
  const length = dimensions[0]?.length ?? 0;
  if (dimensions.some((dimension) => dimension.length !== length)) {
    const lengths = dimensions.map((dimension) => `${dimension.from} has ${dimension.length}`).join(", ");
    throw new UserError("uneven-lists", `--zip pairs lists of the same length: ${lengths}`);
  }
  return { length, from: "--zip", columns: dimensions.flatMap(({ columns }) => columns) };
}

/** @throws UserError `bad-template` for a name that is given twice. */
function namesOf(columns: readonly Column[]): Names {
  const byName = new Map<string, number>();
  for (const [i, { name, from }] of columns.entries()) {
    if (name === undefined) continue;
    const other = byName.get(name);
    if (other !== undefined) {
      const message = `{${name}} would have two meanings: ${columns[other]?.from} and ${from} both give values for it`;
      throw new UserError("bad-template", message);
    }
    byName.set(name, i);
  }
  return { named: byName, positional: columns.flatMap(({ isPositional }, i) => (isPositional ? [i] : [])) };
}

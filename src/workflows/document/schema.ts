import * as v from "valibot";
import { CONDITIONS, AXIS_TYPES, PRINTED_FORMATS } from "./workflow.ts";
import { byName, isObject, LIST, noList, OBJECT, SCALAR, strict, TEXT, word, YES } from "./schema-words.ts";
import { FILE_INPUT, FILES, REUSE } from "./file-schema.ts";
import { RETRIES, TERMS } from "./term-schema.ts";

/** A value that says itself, a name of a parameter, or one with a number added: `from + 6`. */
const END = v.union([v.string(), v.number()], "must be a whole number, a date, or a parameter, such as from + 6");
const AXIS_TYPE = v.picklist(AXIS_TYPES, `must be one of ${AXIS_TYPES.join(", ")}`);
const NAMES = v.array(TEXT, LIST);

const VALUES = v.array(SCALAR, LIST);
const RANGE = strict({
  from: v.pipe(END, v.description("First value: a whole number, a date, or a parameter, such as from + 6.")),
  to: v.pipe(END, v.description("Last value that may be reached.")),
  step: word(END, "From one value to the next; 1 where nothing is said, and it may be negative."),
});
const LINES = strict({
  lines: v.pipe(TEXT, v.description("A file, from the folder of the document, each line of which is a value.")),
  type: word(AXIS_TYPE, "How values are compared and shifted; what they look like, where nothing is said."),
});
const OPEN = strict({
  open: v.pipe(v.literal(true, "must be true"), v.description("Instances exist when somebody asks for them.")),
  type: word(AXIS_TYPE, "How values are compared and shifted; text where nothing is said."),
});
const GENERATED = strict({
  generatedBy: v.pipe(TEXT, v.description("The task that prints the values of this axis.")),
});
const AXIS = v.lazy((input) => {
  if (input === undefined) return v.union([VALUES, RANGE, LINES, OPEN, GENERATED]);
  if (!isObject(input)) return v.array(SCALAR, "must be a list of values, or from and to, lines, open or generatedBy");
  return "lines" in input ? LINES : "open" in input ? OPEN : "generatedBy" in input ? GENERATED : RANGE;
});

const COMBINATIONS = v.array(byName(SCALAR), LIST);
const AXES_BY_NAME = noList(
  v.objectWithRest(
    {
      include: word(
        COMBINATIONS,
        "Combinations that are instances, too; each names all axes. Alone, they are all that there is.",
      ),
      exclude: word(COMBINATIONS, "Combinations that are none; axes that are left out may have any value."),
    },
    AXIS,
    OBJECT,
  ),
);
const PART_OF_MATRIX = v.lazy((input) => {
  if (input === undefined) return v.union([TEXT, AXES_BY_NAME]);
  return isObject(input) ? AXES_BY_NAME : v.string("must be the name of an axis, or an axis with its values");
});
const MATRIX = v.lazy((input) => {
  if (input === undefined) return v.union([TEXT, v.array(PART_OF_MATRIX, LIST), AXES_BY_NAME]);
  if (Array.isArray(input)) return v.array(PART_OF_MATRIX, LIST);
  return isObject(input) ? AXES_BY_NAME : v.string("must be a list of axes, or axes with their values");
});

const WINDOW = strict({
  from: v.pipe(TEXT, v.description("First value of the window, such as day - 6.")),
  to: v.pipe(TEXT, v.description("Last value of the window, such as day.")),
});
const SOME_VALUES = v.pipe(v.array(SCALAR, "must be a list of values"), v.minLength(1, "must have one value at least"));
const SHIFT = v.lazy((input) => {
  if (input === undefined) return v.union([TEXT, WINDOW, SOME_VALUES]);
  if (Array.isArray(input)) return SOME_VALUES;
  return isObject(input) ? WINDOW : v.string("must be an axis, such as day - 1, from and to, or a list of values");
});
const MATCH = v.lazy((input) => {
  if (input === undefined) return v.union([NAMES, byName(SHIFT)]);
  return isObject(input) ? byName(SHIFT) : v.array(TEXT, "must be a list of axes, or axes with what they are");
});
const CHOICE = byName(SOME_VALUES);
const NEED_WHEN = word(CHOICE, "Which instances need it: values of axes of this task; all, where nothing is said.");
const WHEN = v.lazy((input) => {
  if (input === undefined) return v.union([CHOICE, v.array(CHOICE)]);
  if (isObject(input)) return CHOICE;
  const several = v.array(CHOICE, "must be axes with lists of values, or several of these");
  return v.pipe(several, v.minLength(1, "must have one alternative at least"));
});
const NEED_AND_MATCH = strict({
  task: v.pipe(TEXT, v.description("A task, group/task, or a group for all its ends.")),
  match: word(MATCH, "Axes on which the two agree; all that both have, where nothing is said; [] for none."),
  when: NEED_WHEN,
});
const PRINTED_NEED = strict({
  printedBy: v.pipe(TEXT, v.description("A task that generates tasks: what it prints is needed.")),
  task: word(TEXT, "The one task of those that it prints; all of them, where nothing is said."),
  named: word(v.literal(true, "must be true"), "Only those of the tasks that name this one in neededBy."),
  match: word(MATCH, "Axes on which the two agree; all that both have, where nothing is said; [] for none."),
  when: NEED_WHEN,
});
const NEED = v.lazy((input) => {
  if (input === undefined) return v.union([TEXT, NEED_AND_MATCH, PRINTED_NEED]);
  if (!isObject(input)) return v.string("must be the name of a task, or task and match");
  return "printedBy" in input ? PRINTED_NEED : NEED_AND_MATCH;
});
const ALTERNATIVE = v.lazy((input) => {
  if (input === undefined) return v.union([TEXT, v.array(NEED)]);
  return Array.isArray(input) ? v.array(NEED) : v.string("must be a list of tasks, or one");
});
const ANY = strict({
  any: v.pipe(
    v.pipe(v.array(ALTERNATIVE, LIST), v.minLength(1, "must have one alternative at least")),
    v.description("Alternatives: all of one of them is enough."),
  ),
});
const NEEDS = v.lazy((input) => {
  if (input === undefined) return v.union([TEXT, v.array(NEED), NEED_AND_MATCH, PRINTED_NEED, ANY]);
  if (Array.isArray(input)) return v.array(NEED);
  if (!isObject(input)) return v.string("must be a task, or a list of tasks");
  if ("any" in input) return ANY;
  return "printedBy" in input ? PRINTED_NEED : NEED_AND_MATCH;
});

const MADE_INPUT = strict({
  from: v.pipe(TEXT, v.description("TASK.OUTPUT: what another task makes. It comes before, then.")),
  match: word(MATCH, "Axes on which the two agree; all that both have, where nothing is said; [] for none."),
  when: NEED_WHEN,
});
const INPUT = v.lazy((input) => {
  if (input === undefined) return v.union([TEXT, MADE_INPUT, FILE_INPUT]);
  if (!isObject(input)) return v.string("must be TASK.OUTPUT, or file, or from and match");
  return "file" in input ? FILE_INPUT : MADE_INPUT;
});
const INPUTS = word(byName(INPUT), "What the task reads, by name: $IN_name. What other tasks make is needed, too.");

const GENERATES = v.lazy((input) => {
  const axis = strict({
    axis: v.pipe(TEXT, v.description("Name of the axis whose values the task prints, one a line.")),
    type: word(AXIS_TYPE, "How values are compared and shifted; text where nothing is said."),
  });
  const tasks = strict({
    tasks: v.pipe(
      v.picklist(PRINTED_FORMATS, `must be one of ${PRINTED_FORMATS.join(", ")}`),
      v.description("In whose words the tasks are printed, where these are not those of documents."),
    ),
    with: word(byName(v.unknown()), "What holds for those tasks, as an import of such a document has written it."),
  });
  if (input === undefined) return v.union([TEXT, axis, tasks]);
  if (isObject(input) && "tasks" in input) return tasks;
  return isObject(input) ? axis : v.string("must be an axis, or tasks");
});

const WORDS = v.lazy((input) => {
  const words = v.pipe(v.array(SCALAR, LIST), v.minLength(1, "must have one word at least"));
  if (input === undefined) return v.union([TEXT, words]);
  return Array.isArray(input) ? words : v.string("must be words");
});

const ENV = word(byName(SCALAR), "Variables, by name; ${name} is replaced by a parameter or an axis.");
const WORKDIR = word(TEXT, "Folder where tasks work; ${name} is replaced by a parameter or an axis.");
const SECRETS = word(NAMES, "Variables that come from the environment or a file, and stand in no record.");
const SHELL = word(
  WORDS,
  "What a script is handed to as last argument, such as [python3, -c]; bash where nothing is said.",
);
const DESCRIPTION = word(TEXT, "What people should know; it means nothing to disbatch.");

const COMMON = { env: ENV, workdir: WORKDIR, shell: SHELL, secrets: SECRETS, ...REUSE, ...TERMS };

/** Words of one task of a document. */
const TASK_WORDS = {
  description: DESCRIPTION,
  run: word(TEXT, "A script, of one line or several. Parameters and axes are variables."),
  command: word(
    v.pipe(v.array(SCALAR, "must be a list of words"), v.minLength(1, "must have one word at least")),
    "Program and arguments, which no shell interprets; ${name} is replaced by a parameter or an axis.",
  ),
  use: word(TEXT, "Another document, whose tasks stand in this one's place as group/task."),
  with: word(byName(SCALAR), "Values for the parameters of the document that is used."),
  matrix: word(MATRIX, "Axes: the task has an instance for each combination of their values."),
  needs: word(NEEDS, "Tasks that come before; instances are connected that agree on all axes that both have."),
  inputs: INPUTS,
  ...FILES,
  if: word(
    v.picklist(CONDITIONS, `must be one of ${CONDITIONS.join(", ")}`),
    "success: all that it needs is done; failure: something has failed; always: all has come to an end.",
  ),
  when: word(WHEN, "Values of axes, or alternatives of them: instances with others are skipped."),
  allowFailure: word(YES, "Whatever needs the task goes on when it fails."),
  generates: word(GENERATES, "What the task prints: values of an axis, one a line, or tasks as JSON."),
  ...COMMON,
};

/** One task of a document. */
const TASK = strict(TASK_WORDS);

/** One task that a task prints. */
const PRINTED_TASK = strict({
  ...TASK_WORDS,
  neededBy: word(NAMES, "Tasks that need this one, and say named: true of the task that prints it."),
});

const PARAM_TYPE = ["string", "int", "float", "bool", "date", "datetime", "path", "choice"] as const;
export type ParamType = (typeof PARAM_TYPE)[number];
const PARAM = v.lazy((input) => {
  const param = strict({
    type: word(v.picklist(PARAM_TYPE, `must be one of ${PARAM_TYPE.join(", ")}`), "What values it may have."),
    default: word(SCALAR, "Its value where none is given; without one, a value has to be given."),
    choices: word(v.array(SCALAR, LIST), "Values that it may have, for the type choice."),
    description: DESCRIPTION,
  });
  if (input === undefined) return v.union([SCALAR, param]);
  return isObject(input) ? param : SCALAR;
});

/** A document: every word that there is, and what kind of value it has. */
export const DOCUMENT = strict({
  $schema: word(TEXT, "Where an editor finds the schema of this document."),
  name: word(TEXT, "After which the files of its runs are called; the file's name without its ending otherwise."),
  description: DESCRIPTION,
  params: word(byName(PARAM), "Parameters, by name: a default value, or type and default."),
  axes: word(byName(AXIS), "Axes that several tasks use, by name."),
  defaults: word(strict(COMMON), "What all tasks have that do not say it themselves."),
  env: ENV,
  workdir: WORKDIR,
  secrets: SECRETS,
  tasks: v.pipe(byName(TASK), v.description("Tasks, by name.")),
});

/** Tasks that a task prints. */
export const PRINTED = strict({ tasks: byName(PRINTED_TASK) });

export type DocumentShape = v.InferOutput<typeof DOCUMENT>;
export type TaskShape = v.InferOutput<typeof TASK>;
export type AxisShape = v.InferOutput<typeof AXIS>;
export type AxesShape = v.InferOutput<typeof AXES_BY_NAME>;
export type NeedShape = v.InferOutput<typeof NEED>;
export type InputShape = v.InferOutput<typeof INPUT>;

/** Parts that the published schema gives names to. */
export const PARTS = {
  ...{ task: TASK, param: PARAM, axis: AXIS, matrix: MATRIX, partOfMatrix: PART_OF_MATRIX, generates: GENERATES },
  ...{
    needs: NEEDS,
    when: WHEN,
    alternative: ALTERNATIVE,
    need: NEED,
    match: MATCH,
    shift: SHIFT,
    choice: CHOICE,
    input: INPUT,
    words: WORDS,
    retries: RETRIES,
  },
};

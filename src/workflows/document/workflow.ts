import type { Place } from "../../domain/errors.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";

/**
 * What a document says, with its parameters set, documents that it uses put in, and everything checked that one document
 * can be checked for.
 *
 * - A **task** of a document is a *template*. Its **matrix** names *axes*.
 * - A template with a value for each of its axes is an *instance*, such as `clean[day=2031-01-03]`: what runs and has a state.
 */
export interface Workflow {
  readonly name: string;
  /** Every axis that some template has, once. Templates that say the same of an axis share it. */
  readonly axes: readonly Axis[];
  /** In the order of the document. No two have the same name. */
  readonly templates: readonly Template[];
  /** Values of all parameters, as tasks see them. */
  readonly params: Readonly<Record<string, string>>;
  /** Which parameters were given, as text, and count more than the defaults. */
  readonly given: Readonly<Record<string, string>>;
}

export const AXIS_TYPES = ["string", "int", "date"] as const;
export type AxisType = (typeof AXIS_TYPES)[number];

/** An axis of instances. */
export type Axis = {
  readonly name: string;
  /** How values are compared and shifted; all of them are text for tasks. Dates are `YYYY-MM-DD`. */
  readonly type: AxisType;
  readonly place: Place;
} & AxisValues;

export type AxisValues =
  /** Values as they stand, in order, each once. */
  | { readonly kind: "list"; readonly values: readonly string[] }
  /** Whole numbers, or days since 1970-01-01, from `from` on in steps that may go down; `to` is the last one that may be reached. */
  | { readonly kind: "range"; readonly from: number; readonly to: number; readonly step: number }
  /** Values are what the instances of this template print. */
  | { readonly kind: "generated"; readonly by: string }
  /** Values are those that somebody asks for. */
  | { readonly kind: "open" };

export interface Template {
  /** `task`, or `group/task` where it came with another document. */
  readonly name: string;
  /** Where it is defined, for mistakes and records. */
  readonly place: Place;
  /** Positions in the workflow's axes; the order is that of names of instances. */
  readonly axes: readonly number[];
  /** Combinations that are instances, too. A value may be one that the axis does not have. */
  readonly include: readonly Combination[];
  /** Combinations that are none; those that name some of the axes stand for all values of the others. Includes count more. */
  readonly exclude: readonly Combination[];
  readonly action: Action;
  /** Variables, with places for the values of axes; parameters have been put in. */
  readonly env: Readonly<Record<string, Text>>;
  readonly workdir: Text | undefined;
  /** Names of variables that come from the environment or a file, and stand in no record. */
  readonly secrets: readonly string[];
  /** What has to come to an end before: all edges of one of these. A template that needs nothing has one without edges. */
  readonly alternatives: readonly (readonly Edge[])[];
  readonly condition: Condition;
  /** Instances run that have the values of one of these; all others are skipped. Undefined where all run. */
  readonly when?: ReadonlyArray<readonly AxisChoice[]> | undefined;
  /** Whatever needs it goes on when it fails. */
  readonly allowFailure: boolean;
  /** What its output makes. */
  readonly generates:
    | { readonly kind: "axis"; readonly axis: string }
    | { readonly kind: "tasks"; readonly foreign?: ForeignTasks | undefined }
    | undefined;
  readonly terms: TaskTerms | undefined;
  /** The files that it reads and makes, and what they decide; undefined for a task that says nothing of files. */
  readonly files?: TemplateFiles | undefined;
  /** What tells whether it is still the same task: of all that is said here, what decides about what it does. Hexadecimal. */
  readonly fingerprint: string;
  /** Name of the template of which an instance has printed it; undefined for a task of the document. */
  readonly printedBy?: string | undefined;
}

/** Tasks that are printed in words of others. */
interface ForeignTasks {
  readonly format: (typeof PRINTED_FORMATS)[number];
  /** What holds for them, in the words of that format. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** In whose words tasks may print tasks, beside those of documents. */
export const PRINTED_FORMATS = ["daggy"] as const;

/** Files of a template. All paths are absolute, or from the folder of the run's tasks, and normal (no `.`, `..` or `//` in them). */
export interface TemplateFiles {
  readonly outputs: readonly OutputFile[];
  /** Inputs that no task of the document makes. What tasks make is said by edges (`Edge.inputs`). */
  readonly inputs: readonly InputFile[];
  /** Files that decide about what the command does. */
  readonly code: readonly Text[];
  readonly rule: DoneRule;
  /** Names of variables of the run's environment whose values decide, too, for the rule `cache`. */
  readonly cacheEnv: readonly string[];
  /** Others make its outputs: it has no command, and is done when they are there. */
  readonly isExternal: boolean;
}

/**
 * When an instance is done without being run.
 *
 * - `history`: an earlier run of the prefix has done it, its task is the same, nothing that it needs has run since, and its outputs
 *   are there.
 * - `outputs`: its outputs are there, and nothing that it needs has run in this run.
 * - `newer`: the same, and none of them is older than one of its inputs or its code.
 * - `cache`: a recorded run had the same command, code, inputs, parameters, axes and environment, and the outputs are those that it made.
 */
export type DoneRule = "history" | "outputs" | "newer" | "cache";

/** A file or folder that instances of a template make. */
export interface OutputFile {
  readonly name: string;
  readonly path: Text;
  /** Its path ends in a slash in the document; `path` has none. */
  readonly isFolder: boolean;
}

/** A file or folder that no task of the document makes. */
export interface InputFile {
  readonly name: string;
  readonly path: Text;
  readonly isFolder: boolean;
}

/** What an edge hands on: an output of the parent is an input of the child. */
export interface EdgeInput {
  /** Name of the input. */
  readonly name: string;
  /** Name of the parent's output. */
  readonly output: string;
  /** Several instances may be connected: the input is a file with one path a line. */
  readonly isList: boolean;
}

/** `success`: all that it needs is done. `failure`: all has come to an end, and something has failed. `always`: all has come to an end. */
export const CONDITIONS = ["success", "failure", "always"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** By name of axis. */
export type Combination = Readonly<Record<string, string>>;

/** Text with places for the values of axes. */
export type Text = readonly (string | { readonly axis: string })[];

export type Action =
  /** A script; `shell` is what it is handed to as last argument, such as `["python3", "-c"]`: without it a bash. */
  | { readonly kind: "script"; readonly script: string; readonly shell: readonly string[] | undefined }
  /** Program and arguments, which no shell interprets. */
  | { readonly kind: "command"; readonly argv: readonly Text[] }
  /** Nothing: others make its outputs (`TemplateFiles.isExternal`). It is never run. */
  | { readonly kind: "none" };

/** An instance needs instances of another template. */
export interface Edge {
  /** Name of the template that is needed. */
  readonly parent: string;
  /** The name of that task as it may be put into a variable's: `STATE_x`. */
  readonly place: Place;
  /** By which axes of the parent instances are chosen. Axes of the parent that are not named here may have any value. */
  readonly match: readonly AxisMatch[];
  /** Axes of the parent that have one of these values, whatever the child has. None of them is matched. */
  readonly values?: readonly AxisChoice[] | undefined;
  /** Which children need it: those with such a value on each of these axes of theirs. Undefined for all. */
  readonly when?: readonly AxisChoice[] | undefined;
  /** Outputs of the parent that are inputs of the child; undefined where nothing is handed on. */
  readonly inputs?: readonly EdgeInput[] | undefined;
  /** Only inputs say it, and needs do not. */
  readonly isOnlyInput?: true | undefined;
  /** Tasks are needed that the parent prints, too. Their edges come when they do; until the parent has ended, more may come. */
  readonly printed?: PrintedNeed | undefined;
}

/** What of the tasks that a template prints is needed. */
interface PrintedNeed {
  /** Full name of the one task; undefined for all. */
  readonly task: string | undefined;
  /** By which axes, as the document says it; undefined for all that both have. */
  readonly match: MatchWords | undefined;
  /** Only those are needed that name the child in `neededBy`. */
  readonly isNamed?: true | undefined;
}

/** What stands in a document as `match`: axes, or what is said of some of them. */
export type MatchWords = readonly string[] | Readonly<Record<string, MatchOfAxis>>;

/** An axis of the child, moved or not; a window around it; or values that the parent has, whatever the child's are. */
export type MatchOfAxis = string | { readonly from: string; readonly to: string } | readonly Scalar[];

/** A value as documents write it: text for tasks. */
type Scalar = string | number | boolean;

/** What stands in a document as `when`: values of axes, by name. */
export type ChoiceWords = Readonly<Record<string, readonly Scalar[]>>;

/** Values of an axis, as text: an instance has to have one of them. */
export interface AxisChoice {
  readonly axis: string;
  readonly values: readonly string[];
}

/** An edge to a task that has been printed, from one that needs what its generator prints; one of them is new. */
export interface PrintedEdge {
  /** Name of the template that needs it, and which of its alternatives. */
  readonly child: string;
  readonly alternative: number;
  readonly edge: Edge;
}

/** Instances are connected when the parent's value is within these bounds of the child's. */
export interface AxisMatch {
  /** Axis of the parent. */
  readonly axis: string;
  /** Axis of the child. */
  readonly childAxis: string;
  /** Steps of one (whole numbers, days) from the child's value to the first and last of the parent's; 0 and 0 for the same value. */
  readonly from: number;
  readonly to: number;
}

import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { dotOf } from "../faces/workflow/dot.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { mermaidOf } from "../faces/workflow/mermaid.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunStanding } from "../run/workflow/past-standing.ts";
import type { Workflow } from "../workflows/document/workflow.ts";
import type { Program } from "../run/program-name.ts";
import { FOREIGN_FORMATS, type ForeignFormat, isForeignFormat } from "../workflows/imports/formats.ts";
import { Graph } from "../workflows/graph/graph.ts";
import { drawInstances } from "../workflows/views/draw-instances.ts";
import { drawTemplates, type TemplateSize } from "../workflows/views/draw-templates.ts";
import type { Drawing } from "../workflows/views/drawing.ts";
import { sayOn } from "./conduct.ts";
import { lastStanding } from "./workflow-records.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { documentOf } from "./document-of.ts";
import { wholeNumber } from "./option-values.ts";
import { show } from "./standard-output.ts";
import { addGraphOptions, addStolosOptions, formOf, type WorkflowOptions } from "./workflow-options.ts";

const DRAWINGS = ["dot", "mermaid", "json"] as const;
type DrawingFormat = (typeof DRAWINGS)[number];
/** Boxes of a drawing where the user says nothing; programs that draw take long for more. */
const LIMIT = 500;

/** What `--format` says: of the drawing, and of the document. */
interface GraphFormats {
  readonly drawing?: DrawingFormat | undefined;
  readonly foreign?: ForeignFormat | undefined;
}

interface GraphOptions extends Pick<WorkflowOptions, "param" | "maxInstances" | "groups" | "jobIdTemplate"> {
  readonly prefix?: string | undefined;
  readonly format?: GraphFormats | undefined;
  readonly instances: boolean;
  readonly limit: number;
}

/** The operand and the options of `disbatch graph`. */
export function describeGraph(): Command {
  const command = newCommand("disbatch graph")
    .usage("[options] FILE")
    .description("Draws which tasks of a document need which, or which instances; nothing is run.")
    .argument("<FILE>", "the document: .yaml, .yml or .json")
    .option("-p, --prefix <PATH>", "show the states of the last run of this prefix, and what its generators made")
    .addOption(
      new Option("--format <HOW>", "language of the drawing; also the program that FILE is a document of")
        .choices([...DRAWINGS, ...FOREIGN_FORMATS])
        .argParser(withFormat),
    )
    .option("--instances", "draw instances instead of tasks", false)
    .option("--limit <N>", "draw no more than N of them", wholeNumber(1), LIMIT);
  return addStolosOptions(addGraphOptions(command));
}

/** Does what `disbatch graph` is asked for. @throws UserError for a document with mistakes. */
export async function startGraph({ args }: Program): Promise<ExitCode> {
  const described = describeGraph();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [file = ""] = described.args;
  const options: GraphOptions = described.opts();
  const drawing = options.prefix === undefined ? await fromFile(file, options) : await withStates(file, options);
  return show(written(drawing, options.format?.drawing ?? "dot"));
}

/** What the document says. */
async function fromFile(
  file: string,
  { param = {}, maxInstances, format, groups, jobIdTemplate, ...options }: GraphOptions,
): Promise<Drawing> {
  const workflow = await documentOf(file, param, formOf({ format: format?.foreign, groups, jobIdTemplate }));
  return drawn(workflow, Graph.of(workflow, { maxInstances }), options);
}

/** What the document said when it ran last under the prefix, with where its instances stand. */
async function withStates(file: string, { prefix, param, ...options }: GraphOptions): Promise<Drawing> {
  const files = findRun(prefix, process.cwd());
  const standing = await lastStanding(files, sayOn(new Terminal(process.stderr)));
  if (param !== undefined || resolve(file) !== standing.run.file) {
    const message = `-p ${prefix}: its last run was of ${standing.run.file}, with its own parameters: leave out --param, and name that document`;
    throw new UserError("conflicting-options", message);
  }
  return drawn(standing.workflow, standing.instances, options, standing);
}

function drawn(
  workflow: Workflow,
  graph: Graph,
  { instances, limit }: Pick<GraphOptions, "instances" | "limit">,
  standing?: RunStanding,
): Drawing {
  if (instances) return drawInstances(workflow.name, graph, standing, limit);
  const sizeOf = (template: number): TemplateSize => ({
    count: graph.count(template),
    isGrowing: graph.isGrowing(template),
  });
  return drawTemplates(workflow, sizeOf, standing?.tallies, limit);
}

/** The option may be given for the drawing, for the document, and for both. */
function withFormat(word: string, said: GraphFormats = {}): GraphFormats {
  if (isForeignFormat(word)) return { drawing: said.drawing, foreign: word };
  const drawing = DRAWINGS.find((format) => format === word);
  if (drawing !== undefined) return { drawing, foreign: said.foreign };
  throw new InvalidArgumentError(`Allowed choices are ${[...DRAWINGS, ...FOREIGN_FORMATS].join(", ")}.`);
}

function written(drawing: Drawing, format: DrawingFormat): string {
  switch (format) {
    case "dot":
      return dotOf(drawing);
    case "mermaid":
      return mermaidOf(drawing);
    case "json":
      return `${JSON.stringify(drawing)}\n`;
    default:
      return format satisfies never;
  }
}

import { type Command, Option } from "commander";
import type { ExitCode } from "../domain/exit-codes.ts";
import { dotOf } from "../faces/workflow/dot.ts";
import { mermaidOf } from "../faces/workflow/mermaid.ts";
import type { Program } from "../run/program-name.ts";
import { Graph } from "../workflows/graph/graph.ts";
import { drawInstances } from "../workflows/views/draw-instances.ts";
import { drawTemplates } from "../workflows/views/draw-templates.ts";
import type { Drawing } from "../workflows/views/drawing.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { documentOf } from "./document-of.ts";
import { wholeNumber } from "./option-values.ts";
import { show } from "./standard-output.ts";
import { addGraphOptions, type WorkflowOptions } from "./workflow-options.ts";

const FORMATS = ["dot", "mermaid", "json"] as const;
/** Boxes of a drawing where the user says nothing; programs that draw take long for more. */
const LIMIT = 500;

interface GraphOptions extends Pick<WorkflowOptions, "param" | "maxInstances"> {
  readonly format: (typeof FORMATS)[number];
  readonly instances: boolean;
  readonly limit: number;
}

/** The operand and the options of `disbatch graph`. */
export function describeGraph(): Command {
  const command = newCommand("disbatch graph")
    .usage("[options] FILE")
    .description("Draws which tasks of a document need which, or which instances; nothing is run.")
    .argument("<FILE>", "the document: .yaml, .yml or .json")
    .addOption(new Option("--format <HOW>", "language of the drawing").choices(FORMATS).default("dot"))
    .option("--instances", "draw instances instead of tasks", false)
    .option("--limit <N>", "draw no more than N of them", wholeNumber(1), LIMIT);
  return addGraphOptions(command);
}

/** Does what `disbatch graph` is asked for. @throws UserError for a document with mistakes. */
export async function startGraph({ args }: Program): Promise<ExitCode> {
  const described = describeGraph();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [file = ""] = described.args;
  const options: GraphOptions = described.opts();
  const workflow = await documentOf(file, options.param ?? {});
  const graph = Graph.of(workflow, { maxInstances: options.maxInstances });
  const sizeOf = (template: number): { count: number; isGrowing: boolean } => ({
    count: graph.count(template),
    isGrowing: graph.isGrowing(template),
  });
  const drawing = options.instances
    ? drawInstances(workflow.name, graph, undefined, options.limit)
    : drawTemplates(workflow, sizeOf, undefined, options.limit);
  return show(written(drawing, options.format));
}

function written(drawing: Drawing, format: GraphOptions["format"]): string {
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

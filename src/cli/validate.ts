import type { Command } from "commander";
import type { ExitCode } from "../domain/exit-codes.ts";
import { plural } from "../domain/plural.ts";
import type { Program } from "../run/program-name.ts";
import type { Axis, Workflow } from "../workflows/document/workflow.ts";
import { Graph } from "../workflows/graph/graph.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { documentOf } from "./document-of.ts";
import { show } from "./standard-output.ts";
import { addReadingOptions, formOf, type WorkflowOptions } from "./workflow-options.ts";

/** The operand and the options of `disbatch validate`. */
export function describeValidate(): Command {
  const command = newCommand("disbatch validate")
    .usage("[options] FILE")
    .description("Checks a document, tells all mistakes in it with their places, and says what it has; nothing is run.")
    .argument("<FILE>", "the document: .yaml, .yml or .json");
  return addReadingOptions(command);
}

/** Does what `disbatch validate` is asked for. @throws UserError for a document with mistakes. */
export async function startValidate({ args }: Program): Promise<ExitCode> {
  const described = describeValidate();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [file = ""] = described.args;
  const {
    param = {},
    maxInstances,
    ...form
  }: Pick<WorkflowOptions, "param" | "maxInstances" | "format" | "groups" | "jobIdTemplate"> = described.opts();
  const workflow = await documentOf(file, param, formOf(form));
  const graph = Graph.of(workflow, { maxInstances });
  return show(`${[`${file}: ${summaryOf(workflow, graph)}`, ...axisLines(workflow.axes)].join("\n")}\n`);
}

function summaryOf({ templates, axes }: Workflow, graph: Graph): string {
  const names = new Set(axes.map(({ name }) => name));
  const isKnown = axes.every(({ kind }) => kind === "list" || kind === "range");
  const instances = `${plural(graph.total, "instance")}${isKnown ? "" : " that can be known now"}`;
  const parts = [plural(templates.length, "task"), names.size === 0 ? "no axis" : axesText(names.size), instances];
  return `no mistakes; ${parts.join(", ")}`;
}

function axesText(count: number): string {
  return count === 1 ? "1 axis" : `${count} axes`;
}

/** What is said of axes whose values are still to come. */
function axisLines(axes: readonly Axis[]): readonly string[] {
  return axes.flatMap((axis) => {
    if (axis.kind === "generated") return [`  ${axis.name}: its values are what ${axis.by} prints`];
    return axis.kind === "open" ? [`  ${axis.name}: its values are those that somebody asks for`] : [];
  });
}

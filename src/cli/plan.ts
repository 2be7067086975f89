import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { planLines, plannedLines } from "../faces/workflow/plan-lines.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { carriedEnvironment, type CarriedRequest } from "../run/carried-environment.ts";
import type { Program } from "../run/program-name.ts";
import type { WorkflowRequest } from "../run/workflow/workflow-request.ts";
import { planDocument } from "../run/workflow/plan-document.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { sayOn } from "./conduct.ts";
import { wholeNumber } from "./option-values.ts";
import { show } from "./standard-output.ts";
import { addVariableOptions } from "./variable-options.ts";
import { addDocumentOptions, type WorkflowOptions, workflowRequest } from "./workflow-options.ts";

/** Instances that are listed where the user says nothing. */
export const LIMIT = 1000;

interface PlanOptions extends Omit<WorkflowOptions, "secretsFile">, CarriedRequest {
  readonly prefix?: string | undefined;
  /** The task whose instances are listed; true for those of all. */
  readonly instances?: string | true | undefined;
  readonly limit: number;
  readonly json: boolean;
}

/** The operands and the options of `disbatch plan`. */
export function describePlan(): Command {
  const command = newCommand("disbatch plan")
    .usage("[options] FILE [GOAL...]")
    .description("Says what a run of a document would do, and why; nothing is run, and nothing is written.")
    .argument("<FILE>", "the document: .yaml, .yml or .json")
    .argument("[GOAL...]", "tasks or instances that are wanted (default: all that nothing needs)")
    .option("-p, --prefix <PATH>", "go by the runs of this prefix (default: the document's name)")
    .option("--instances [TASK]", "list the instances, too: those of all tasks, or of this one")
    .option("--limit <N>", "list no more than N instances", wholeNumber(1), LIMIT)
    .option("--json", "print it as JSON, in one line", false);
  return addVariableOptions(addDocumentOptions(command).optionsGroup("Variables of tasks:"));
}

/** Does what `disbatch plan` is asked for. @throws UserError for a document or goals that cannot be run. */
export async function startPlan({ args }: Program): Promise<ExitCode> {
  const described = describePlan();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [file = "", ...goals] = described.args;
  const options: PlanOptions = described.opts();
  return showPlan(workflowRequest(file, goals, options), options);
}

/** Prints what a run of a document would do. @throws UserError for a document or goals that cannot be run. */
export async function showPlan(
  request: WorkflowRequest,
  {
    prefix,
    instances,
    limit,
    json,
    ...carried
  }: Pick<PlanOptions, "prefix" | "instances" | "limit" | "json"> & CarriedRequest,
): Promise<ExitCode> {
  const say = sayOn(new Terminal(process.stderr));
  const { variables, notes } = carriedEnvironment(carried, process.env);
  for (const note of notes) say(note);
  const { plan, list } = await planDocument(request, prefix, { env: { ...process.env, ...variables }, say });
  const task = typeof instances === "string" ? instances : undefined;
  if (task !== undefined && plan.templates.every(({ name }) => name !== task)) {
    throw new UserError("unknown-goal", `--instances ${task}: the run wants no task of that name`);
  }
  const listed = instances === undefined ? undefined : list(task, limit);
  if (json) return show(`${JSON.stringify({ ...plan, ...listed })}\n`);
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  const lines = planLines(plan, width);
  const all = listed === undefined ? lines : [...lines, "", ...plannedLines(listed.instances, listed.more, width)];
  return show(all.map((line) => `${line}\n`).join(""));
}

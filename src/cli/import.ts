import { buffer } from "node:stream/consumers";
import { Argument, type Command } from "commander";
import { decodeBytes } from "../domain/bytes.ts";
import { formatDiagnostic } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import type { Program } from "../run/program-name.ts";
import { DOCUMENTS_ON_DISK } from "../run/workflow/document-files.ts";
import { IMPORT_FORMATS, type ImportFormat } from "../workflows/imports/formats.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { sayOn } from "./conduct.ts";
import { show } from "./standard-output.ts";
import { addStolosOptions, formOf, type WorkflowOptions } from "./workflow-options.ts";

/** Stands for standard input. */
const STDIN = "-";
/** Where that is called in mistakes. */
const STDIN_NAME = "standard input";

interface ImportOptions extends Pick<WorkflowOptions, "groups" | "jobIdTemplate"> {
  readonly json: boolean;
}

/** The operands and options of `disbatch import`. */
export function describeImport(): Command {
  const command = newCommand("disbatch import")
    .usage("[options] FORMAT FILE")
    .description(
      "Prints a document of another program, or a task file, as one of disbatch; nothing is run. What had to be chosen is said in comments, and in warnings.",
    )
    .addArgument(new Argument("<FORMAT>", "what FILE is").choices(IMPORT_FORMATS))
    .argument("<FILE>", "the document, or - for standard input")
    .option("--json", "print JSON, which has no comments; large documents are printed so anyway", false);
  return addStolosOptions(command);
}

/** Does what `disbatch import` is asked for. @throws UserError `bad-document` for what cannot be taken over, and why. */
export async function startImport({ args }: Program): Promise<ExitCode> {
  const described = describeImport();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [, word = ""] = described.args;
  const [format]: readonly ImportFormat[] = IMPORT_FORMATS.filter((each) => each === described.args[0]);
  if (format === undefined) throw new Error("commander has let another format pass");
  const isStdin = word === STDIN;
  const file = isStdin ? STDIN_NAME : word;
  const foreign = isStdin ? decodeBytes(await buffer(process.stdin)) : DOCUMENTS_ON_DISK.read(word);
  const { printImported } = await import("../workflows/imports/print-imported.ts");
  const { json, ...options }: ImportOptions = described.opts();
  const form = formOf({ ...options, format: format === "tasks" ? undefined : format });
  const { text: printed, warnings } = await printImported({ format, file, text: foreign, form }, json);
  const say = sayOn(new Terminal(process.stderr));
  for (const warning of warnings) say(formatDiagnostic(warning));
  return show(printed);
}

import type { Command } from "commander";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Program } from "../run/program-name.ts";
import { publishedSchema } from "../workflows/document/published-schema.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { show } from "./standard-output.ts";

/** The command line of `disbatch schema`. */
export function describeSchema(): Command {
  return newCommand("disbatch schema").description(
    "Prints the JSON Schema of documents, by which editors complete and check them.",
  );
}

/** Does what `disbatch schema` is asked for. */
export async function startSchema({ args }: Program): Promise<ExitCode> {
  return show(readCommandLine(describeSchema(), args) ?? publishedSchema());
}

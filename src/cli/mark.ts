import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { plural } from "../domain/plural.ts";
import { printableLines } from "../domain/printable.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { findRun } from "../run/files/find-run.ts";
import type { Program } from "../run/program-name.ts";
import { markInstances } from "../run/workflow/mark-instances.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { sayOn } from "./conduct.ts";
import { show } from "./standard-output.ts";

/** The operands of `disbatch mark`. */
export function describeMark(): Command {
  return newCommand("disbatch mark")
    .description(
      "Says that instances of a document are done, or not, whatever came of them; the next run goes by it. It prints their names.",
    )
    .usage("done|undone PREFIX INSTANCE...")
    .argument(
      "<STATE>",
      "done: they are not run again, unless their files decide that (doneWhen, cache); undone: they are, and what follows them",
    )
    .argument("<PREFIX>", "the run: its prefix, any file of it, or its folder")
    .argument("<INSTANCE...>", "names of tasks or instances, such as fetch or 'fetch[day=3]'");
}

/** Does what `disbatch mark` is asked for. @throws UserError when nothing has been marked. */
export async function startMark({ args }: Program): Promise<ExitCode> {
  const described = describeMark();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [state = "", prefix = "", ...names] = described.args;
  if (state !== "done" && state !== "undone") {
    throw new UserError("bad-mark", `${JSON.stringify(state)}: instances are marked done or undone`);
  }
  const files = findRun(prefix, process.cwd());
  const say = sayOn(new Terminal(process.stderr));
  const marked = await markInstances(files, { done: state === "done", names }, say);
  say(`${plural(marked.length, "instance")} of ${files.jobId} marked ${state}`);
  await show(printableLines(marked.map((name) => `${name}\n`).join("")));
  return EXIT.done;
}

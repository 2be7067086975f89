import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { printable } from "../domain/printable.ts";
import { dryRun, printTaskFile } from "../faces/terminal/dry-run.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { openRun, previewTasks } from "../run/open-run.ts";
import type { Program } from "../run/program-name.ts";
import type { RunSettings } from "../run/settings.ts";
import { taskFileWord } from "./command-names.ts";
import { EACH } from "./each-words.ts";
import { RETRY } from "./retry-words.ts";
import { conduct, sayOn } from "./conduct.ts";
import { hidePassword, postmanFor } from "./notice-options.ts";
import { type FaceOptions, parseOptions } from "./options.ts";
import { recover } from "./recover.ts";
import { print, show } from "./standard-output.ts";

const GPU_NOTE = "-g is deprecated and ignored; use -E CUDA_VISIBLE_DEVICES";

/** Does what a command line of `run` asks for. @throws UserError before anything has been run. */
export async function startRun(program: Program): Promise<ExitCode> {
  // The first argument of a run is kept, and that of `each` and `retry` means something else.
  const [first = "", ...others] = program.args;
  return startAny(first === EACH || first === RETRY ? { ...program, args: [taskFileWord(first), ...others] } : program);
}

/** Does what a command line of `each` asks for; its arguments are kept behind that word. @throws UserError as `startRun` does. */
export async function startEach(program: Program): Promise<ExitCode> {
  return startAny({ ...program, args: [EACH, ...program.args] });
}

async function startAny(program: Program): Promise<ExitCode> {
  const request = parseOptions(program.args, program.version);
  if (request.type === "show") return show(request.text);
  if (request.type === "recover") return recover(request.prefix, program);
  return run(request.settings, request.face, program);
}

/** Begins a run, or shows what it would do, and sees it to its end. @throws UserError before anything has been run. */
export async function run(settings: RunSettings, face: FaceOptions, program: Program): Promise<ExitCode> {
  const postman = postmanFor(face.notices, process.env);
  hidePassword(process.env);
  if (face.dryRun) return showTasks(settings, program);
  return conduct(
    program,
    () => face,
    () => postman,
    async (surroundings) => {
      const begun = await openRun(settings, surroundings);
      if (face.gpu) surroundings.say(GPU_NOTE);
      return begun;
    },
  );
}

async function showTasks(settings: RunSettings, program: Program): Promise<ExitCode> {
  if (settings.workflow !== undefined) {
    const { LIMIT, showPlan } = await import("./plan.ts");
    const { workflow, prefix, env, envAll } = settings;
    return showPlan(workflow, { prefix, env, envAll, instances: undefined, limit: LIMIT, json: false });
  }
  const { env, stdout, stderr } = process;
  const say = sayOn(new Terminal(stderr));
  const source = await previewTasks(settings, { program, env, input: () => process.stdin, say });
  try {
    // A terminal would act on what a command may hold; whatever else reads this gets the bytes.
    const shown = stdout.isTTY ? printable : undefined;
    if (settings.template === undefined) await dryRun(source, print, shown);
    else await printTaskFile(source, { print, shown, say });
  } finally {
    await source.close();
  }
  return EXIT.done;
}

import { accessSync, constants, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import { NamedFiles } from "../records/output/named-files.ts";
import { OutputStore, refuseOtherOutput } from "../records/output/output-store.ts";
import { outputTemplate } from "../records/output/template.ts";
import { outputKept, type RunSettings } from "./settings.ts";

/**
 * What keeps the output of a run's tasks; undefined where nothing is kept.
 *
 * @param path of the run's output file.
 * @param goesOn an earlier driver of the same run may have written to it.
 * @param warn told in one line what cannot be kept.
 * @param now Unix time in seconds.
 */
export function openOutput(
  settings: Pick<RunSettings, "output" | "outputDir">,
  { path, goesOn, warn, now }: Pick<ConstructorParameters<typeof OutputStore>[0], "path" | "goesOn" | "warn" | "now">,
): OutputStore | undefined {
  const { outputDir } = settings;
  if (outputKept(settings) === "none") return undefined;
  const files = outputDir === undefined ? undefined : new NamedFiles(outputTemplate(outputDir, process.cwd()));
  return new OutputStore({ path, goesOn, files, warn, now });
}

/** What keeps, before a run goes on, the output that its engines have left. @param say told in one line what cannot be kept. */
export function openLeftOutput(
  settings: RunSettings,
  path: string,
  say: (message: string) => void,
): OutputStore | undefined {
  const warn = (message: string): void => say(`warning: ${message}`);
  return openOutput(settings, { path, goesOn: true, warn, now: () => Date.now() / 1000 });
}

/**
 * Makes sure before a run begins that what its tasks print can be kept.
 *
 * @param path of the run's output file.
 * @throws UserError `bad-output-dir` for a folder that cannot be made or written; ForeignFileError for another file of that name.
 */
export function prepareOutput(settings: Pick<RunSettings, "output" | "outputDir">, path: string): void {
  const { outputDir } = settings;
  if (outputKept(settings) === "none") return;
  refuseOtherOutput(path);
  if (outputDir === undefined) return;
  const [fixed = ""] = outputTemplate(outputDir, process.cwd()).split("{", 1);
  const folder = dirname(`${fixed}x`);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UserError("bad-output-dir", `--output-dir: cannot write to ${folder}: ${errnoText(error)}`, {
      cause: error,
    });
  }
}

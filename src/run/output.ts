import { NamedFiles } from "../records/output/named-files.ts";
import { OutputStore } from "../records/output/output-store.ts";
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

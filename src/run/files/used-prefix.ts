import { existsSync } from "node:fs";
import { UserError } from "../../domain/errors.ts";
import { shellWords } from "../../domain/shell-words.ts";
import { isOwnFile } from "../../files/own-file.ts";
import { type RunFiles, waysOn } from "./run-files.ts";

/**
 * Refuses a prefix that has records already. The files are made with care later on; this only says it before anything else is
 * touched.
 *
 * @param forDocument whether a document is to run: it does not go on with what a task file has begun.
 * @throws UserError `prefix-in-use`.
 */
export function refuseUsedPrefix(files: RunFiles, forDocument: boolean): void {
  const { prefix, status, journal, recovery } = files;
  const used = [status, journal].find((file) => existsSync(file));
  if (used === undefined) return;
  const ways = isOwnFile(recovery)
    ? [`go on with it with ${shellWords(["--recover", prefix])}`]
    : [forDocument ? undefined : waysOn(files), "replace that run's files with --overwrite"].filter(
        (way) => way !== undefined,
      );
  const others = ways.map((way, i) => `, ${i === ways.length - 1 ? "or " : ""}${way}`).join("");
  throw new UserError("prefix-in-use", `${used} exists already: choose another prefix${others}`);
}

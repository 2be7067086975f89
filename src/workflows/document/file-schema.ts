import * as v from "valibot";
import { byName, LIST, strict, TEXT, word, YES } from "./schema-words.ts";

const DONE_WHEN = ["outputs", "newer"] as const;

/** What a file that no task makes is called by. */
export const FILE_INPUT = strict({
  file: v.pipe(TEXT, v.description("A file that no task makes, or a folder, with a slash at its end.")),
});

/** Words of files that `defaults` may have, too. */
export const REUSE = {
  cache: word(
    YES,
    "What was made is used again while the command, its files and all else that it is made from are the same.",
  ),
  cacheEnv: word(v.array(TEXT, LIST), "Variables of the run's environment that decide about that, too."),
  doneWhen: word(
    v.picklist(DONE_WHEN, `must be one of ${DONE_WHEN.join(", ")}`),
    "outputs: done when its outputs are there; newer: and when they are not older than inputs and code.",
  ),
};

/** Words of files that a task alone may have. */
export const FILES = {
  outputs: word(byName(TEXT), "Files that the task makes, or folders, with a slash at the end, by name: $OUT_name."),
  code: word(v.array(TEXT, LIST), "Files that decide about what the command does, such as the program."),
  external: word(YES, "Others make its outputs: it has no command, and is done when they are there."),
};

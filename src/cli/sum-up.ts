import { describeError } from "../domain/errors.ts";
import { plural } from "../domain/plural.ts";
import { printable } from "../domain/printable.ts";
import { shellWords } from "../domain/shell-words.ts";
import { summary, type SummaryOptions } from "../faces/terminal/summary.ts";
import type { Terminal } from "../faces/terminal/terminal.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import type { RunOutcome, RecordLeft } from "../run/outcome.ts";

/**
 * Tells the user what came of a run, and how to go on with it.
 *
 * @param goingOn command lines that go on with it.
 * @param isTTY the terminal is one.
 */
export function sumUp(
  { counts, records, error, isErrorNew }: RunOutcome,
  { status, prefix }: RunFiles,
  goingOn: Omit<SummaryOptions, "width" | "statusFile">,
  terminal: Terminal,
  isTTY: boolean,
): void {
  const width = isTTY ? terminal.width : undefined;
  for (const line of summary(counts, { width, statusFile: status, ...goingOn })) terminal.message(line);
  for (const record of records) showUnwritten(record, terminal);
  sayWhatIsGone(records, prefix, terminal);
  // What failed during the run was said when it did.
  if (isErrorNew) terminal.message(`disbatch: ${describeError(error)}`);
}

/**
 * Says what could not be written down. Lines of the status file are shown in a form that adds them when it is pasted, so that their
 * tasks are not run once more; the journal's are not, since nothing is gone on with from it when the run has ended.
 */
function showUnwritten({ type, path, unwritten: lines }: RecordLeft, terminal: Terminal): void {
  if (lines.length === 0) return;
  if (type === "status") {
    const what = `${plural(lines.length, "line")} could not be written to ${printable(path)}`;
    terminal.message(`disbatch: ${what}; lest their tasks are run again, add them when there is room, in bash:`);
    terminal.message(`printf '%s\\n' ${shellWords(lines)} >> ${shellWords([path])}`);
  } else if (type === "tasks") {
    const what = `${plural(lines.length, "submitted line")} could not be written to ${printable(path)}`;
    terminal.message(`disbatch: ${what}, and ${lines.length === 1 ? "was" : "were"} refused: submit them again`);
  } else {
    terminal.message(
      `disbatch: ${printable(path)} lacks its last ${plural(lines.length, "line")}; resuming does not need them`,
    );
  }
}

/**
 * Says that a record was taken away while the run wrote to it: it has lost what the run has done. A status file can be made anew as
 * long as the journal is there.
 */
function sayWhatIsGone(records: readonly RecordLeft[], prefix: string, terminal: Terminal): void {
  const gone = records.filter(({ isGone }) => isGone);
  for (const { path } of gone) {
    terminal.message(`disbatch: warning: ${printable(path)} was removed, or replaced, while this run wrote to it`);
  }
  if (gone.length !== 1 || gone[0]?.type !== "status") return;
  const how = `move away what stands there now, if anything, and use --recover ${shellWords([prefix])}`;
  terminal.message(`disbatch: to make it anew from the journal, ${how}`);
}

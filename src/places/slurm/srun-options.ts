import { decodeBytes, encodeText } from "../../domain/bytes.ts";
import { type Diagnostic, MOST_LISTED, UserError } from "../../domain/errors.ts";

const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;
/** A NUL byte, or what stands for a byte that is not UTF-8. */
const NO_TEXT = /[\0\p{Cs}]/u;
const HINT = "write NAME=value, a variable that srun knows, such as SLURM_CPU_BIND=none";

/**
 * Reads the file that DISBATCH_SLURM_SRUN_OPTIONS_FILE names: on each line a variable for the environment of srun, as
 * `NAME=value`. Whatever follows the first `=` is the value, blanks and quotes, too. Lines that are blank or begin with `#`
 * do not count; of two lines for one name the second does.
 *
 * @param file its name, for messages.
 * @throws UserError `bad-srun-options` with all mistakes.
 */
export function parseSrunOptions(bytes: Uint8Array, file: string): Record<string, string> {
  const options = new Map<string, string>();
  const mistakes: Diagnostic[] = [];
  for (const [i, text] of decodeBytes(bytes).split("\n").entries()) {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (line.startsWith("#") || line.trim() === "") continue;
    const [, name, value = ""] = VARIABLE.exec(line) ?? [];
    const noText = line.search(NO_TEXT);
    if (name !== undefined && noText === -1) {
      options.set(name, value);
      continue;
    }
    const place = { file, line: i + 1, column: encodeText(line.slice(0, Math.max(0, noText))).length + 1 };
    const message = noText === -1 ? "no variable of an environment" : "a byte that is no text (NUL, or no UTF-8)";
    mistakes.push({ code: "bad-srun-option", severity: "error", place, message, hint: HINT });
    if (mistakes.length === MOST_LISTED) break;
  }
  if (mistakes.length > 0) {
    const message = `${file}: mistakes in the options for srun, nothing was run`;
    throw new UserError("bad-srun-options", message, { diagnostics: mistakes });
  }
  // Also for a variable named __proto__.
  return Object.fromEntries(options);
}

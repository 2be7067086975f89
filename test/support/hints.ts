import { spawnSync } from "node:child_process";

/** A command line that the program tells its user to type. */
export interface Hint {
  /** What it is for, in the program's words. */
  readonly purpose: string;
  readonly command: string;
  /** The tasks, or values for them, came in a stream, which has to be given again. */
  readonly isStream: boolean;
}

/** What stands before the colon and the command line. */
const PURPOSES = ["to run the rest", "to run the failed ones again", "to go on", "to submit one"];
const HINT = new RegExp(`^\\S+: (?:.*[;,] )?(${PURPOSES.join("|")})([^:]*): (.*)$`, "gm");

/** The command lines that the program has printed for its user. */
export function hintsIn(stderr: string): Hint[] {
  return [...stderr.matchAll(HINT)].map(([, purpose = "", where = "", command = ""]) => {
    return { purpose, command, isStream: /tasks|values/.test(where) };
  });
}

/** Bytes: a hint may list a hundred thousand tasks. */
const MOST_OUTPUT = 64 << 20;

/** How a command line is pasted: in a new shell, somewhere else. @param as words that make another user of whoever pastes it. */
export function paste(
  command: string,
  env: Readonly<Record<string, string>>,
  stdin: string | Uint8Array = "",
  as: readonly string[] = [],
): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
  const [file, ...words] = [...as, "/bin/bash", "-c", command] as const;
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(file, words, {
    ...{ cwd: "/", env, input: stdin },
    maxBuffer: MOST_OUTPUT,
  });
  return { code, stdout: stdout.toString(), stderr: stderr.toString() };
}

/**
 * Looks whether each hint is taken by a shell somewhere else, without anything being run by it.
 *
 * @throws Error that shows the hint and what became of it.
 */
export function checkHints(stderr: string, env: Readonly<Record<string, string>>, as: readonly string[] = []): void {
  for (const { purpose, command, isStream } of hintsIn(stderr)) {
    // Slurm would do it.
    if (purpose === "to submit one" || /&& (?:sbatch|salloc) /.test(command)) continue;
    // Where the folder of a run has been removed meanwhile, bash says so.
    const [enter] = command.split(" && ", 1);
    if (command !== enter && paste(enter ?? "", env, "", as).code !== 0) continue;
    const recovery = command.lastIndexOf(" --recover ");
    // Nobody knows beforehand what a command is going to submit.
    const isMade = command.includes(" --taskcommand ");
    // Behind ::: an option would be a value.
    const dry = command.includes(" each ") ? command.replace(" each ", " each --dry-run ") : `${command} --dry-run`;
    // Of a document it says what would run, task by task.
    const isRetry = command.includes(" retry ");
    const preview = isMade ? `${command} --version` : dry;
    const tried = recovery === -1 ? preview : `${command.slice(0, recovery)} --version`;
    const { code, stdout, stderr: said } = paste(tried, env, "", as);
    // A list may be open that has no task left.
    const mayHaveNone = recovery !== -1 || isStream || isMade || isRetry || command.includes(" --keep-open");
    if (code === 0 && (mayHaveNone || /^task\t/m.test(stdout) || isLeftIn(said))) continue;
    throw new Error(`${purpose}: ${command}\nis no good: exit code ${code}\n${stdout}${said}`);
  }
}

/** Whether tasks are left to run, by what `each --dry-run` has said of them. */
function isLeftIn(stderr: string): boolean {
  const [, tasks, skipped = "0"] = /^disbatch: (\d+) tasks?(?:, (\d+) of which .*)?$/m.exec(stderr) ?? [];
  return tasks !== undefined && Number(tasks) > Number(skipped);
}

import type { Command, Option } from "commander";
import { EXIT_CODE_MEANINGS } from "../domain/exit-codes.ts";
import { wrap } from "../domain/wrap.ts";
import { HELP_WIDTH } from "./command-line.ts";
import { COMMAND_SUMMARIES } from "./command-names.ts";

/** The options that most runs need, by their long names, in the order of the short help. */
const MOST_NEEDED = [
  ...["--ssh-node", "--tasksPerNode", "--cpusPerTask", "--env-resource", "--prefix", "--resume-from", "--retry"],
  ...["--exit-code", "--fail-fast", "--startup-only", "--dry-run"],
];

/** Examples that both sizes of the help have. */
const FIVE_HERE = ["disbatch -s localhost:5 Tasks", "five tasks of the file at a time"] as const;
const MANY_HOSTS = ["disbatch -s node[01-16]:8 Tasks", "eight at a time on each of 16 hosts"] as const;
const SLURM = ["sbatch -n 20 disbatch Tasks", "twenty, wherever Slurm puts them"] as const;
const RESUMED = ["disbatch -r X_status.txt -R Tasks", "what is not done yet, and what failed"] as const;

const EXAMPLES = [
  FIVE_HERE,
  ["disbatch -s localhost:7,web1:3 Tasks", 'three more on web1, as "ssh web1" does'],
  MANY_HOSTS,
  SLURM,
  ["disbatch -S -p run Tasks", "waits until hosts are added, with:"],
  ["./run_dbUtil.sh -s web2:4", "(--help: what else it does)"],
  RESUMED,
  ["disbatch recover X", "a run whose driver was killed"],
  ["generate | disbatch -s localhost:5 -", "tasks as another program writes them"],
] as const;

/** The lines that begin the help of a run, in either size. */
export const RUN_USAGE = `[options] TASKFILE
       disbatch COMMAND [options] ...`;

/** What stands behind the options in the long help of a run. */
export function afterOptions(): string {
  return `\nCommands:\n${commands()}\n\nExit codes:\n${exitCodes()}\n\n${examplesIn(40, EXAMPLES)}`;
}

/** The help of one screen: the options that most runs need. @param command as `describeRun` describes it. */
export function shortHelp(command: Command): string {
  const needed = MOST_NEEDED.map((long) => command.options.find((option) => option.long === long));
  const lines = [
    ...needed.flatMap((option) => (option === undefined ? [] : [[shortTerm(option), option.description] as const])),
    ["--help", "print all options; help COMMAND: those of a command"] as const,
  ];
  const width = Math.max(...lines.map(([term]) => term.length));
  const table = lines.map(([term, description]) => `  ${term.padEnd(width)}  ${description}\n`).join("");
  const names = Object.keys(COMMAND_SUMMARIES).join(", ");
  return `Usage: disbatch ${RUN_USAGE}\n\n${table}\n${wrapped(`Commands: ${names}`)}\n${examplesIn(38, [FIVE_HERE, SLURM, RESUMED])}\n`;
}

/** The shortest name of an option, and its value. */
function shortTerm({ short, long, flags }: Option): string {
  const [value = ""] = / <.*/.exec(flags) ?? [];
  return `${short ?? long}${value}`;
}

function commands(): string {
  return Object.entries(COMMAND_SUMMARIES)
    .map(([name, summary]) => `  ${name.padEnd(11)} ${summary}`)
    .join("\n");
}

/** One line for each exit code; what is longer goes on in the next, under its beginning. */
function exitCodes(): string {
  const hanging = " ".repeat(7);
  return EXIT_CODE_MEANINGS.flatMap(([code, meaning]) => {
    return wrap(`${String(code).padEnd(4)} ${meaning}`, HELP_WIDTH, "  ", hanging);
  }).join("\n");
}

/** Examples, a line each: the command in this many columns, and what it is for. */
function examplesIn(columns: number, examples: ReadonlyArray<readonly [command: string, purpose: string]>): string {
  return `Examples:\n${examples.map(([command, purpose]) => `  ${command.padEnd(columns)}${purpose}`).join("\n")}`;
}

/** Columns of a terminal that is as narrow as they usually are. */
const WIDTH = 80;

/** The same text in lines of that width, all but the first set in. */
function wrapped(text: string): string {
  return wrap(text, WIDTH - 2).join("\n  ");
}

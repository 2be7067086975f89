import type { CaseRun } from "./case.ts";
import { filesBelow } from "./folder-contents.ts";
import { statusMismatches } from "./match-status.ts";
import type { Exit } from "./run-disbatch.ts";
import type { StatusLine } from "./status-file.ts";
import type { Workspace } from "./workspace.ts";

/** What a run that has ended wrote. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

/** How it ended and what it wrote, against what a case expects: one line for people about each thing that differs. */
export function judgeOutput(expected: CaseRun, exit: Exit, { stdout, stderr }: Written): string[] {
  const wanted = expected.stdout ?? "";
  const lines = stderr.split("\n").filter((line) => line !== "");
  const patterns = expected.stderrLines ?? [];
  return [
    ...(exit.code === expected.exit ? [] : [`exit code ${exit.code}, signal ${exit.signal}, not ${expected.exit}`]),
    ...(typeof wanted === "string" && wanted !== stdout ? [`stdout is not ${JSON.stringify(wanted)}`] : []),
    ...(typeof wanted === "string" ? [] : missing(wanted, stdout, "stdout")),
    ...missing(expected.stderr ?? [], stderr, "stderr"),
    ...(expected.stderrLacks ?? [])
      .filter((pattern) => matches(pattern, stderr))
      .map((found) => `stderr has /${found}/`),
    ...(expected.stderrLines === undefined || lines.length === patterns.length
      ? []
      : [`stderr has ${lines.length} lines, not ${patterns.length}`]),
    ...patterns
      .filter((pattern, index) => !matches(pattern, lines[index] ?? ""))
      .map((p) => `no line /${p}/ in its place`),
  ];
}

/** What it made of the folder, against what a case expects. */
export function judgeFolder(expected: CaseRun, workspace: Workspace): string[] {
  const files = filesBelow(workspace.folder);
  return [
    ...(expected.created ?? [])
      .filter((pattern) => !files.some((file) => matches(`^${pattern}$`, file)))
      .map((pattern) => `no file ${pattern}`),
    ...Object.entries(expected.files ?? {})
      .map(([name, content]) => [name, content, files.includes(name) ? workspace.read(name) : "no such file"])
      .filter(([, content, actual]) => content !== actual)
      .map(([name, content, actual]) => `${name} holds ${JSON.stringify(actual)}, not ${JSON.stringify(content)}`),
    ...(expected.status === undefined ? [] : judgeStatus(expected.status, expected.statusFile, files, workspace)),
  ];
}

function judgeStatus(
  expected: readonly Partial<StatusLine>[],
  pattern: string = String.raw`run_status\.txt`,
  files: readonly string[],
  workspace: Workspace,
): string[] {
  const name = files.find((file) => matches(`^(?:${pattern})$`, file));
  if (name === undefined) return [`no status file ${pattern} among ${files.join(", ")}`];
  const lines = workspace.status(name);
  return [
    ...statusMismatches(expected, lines),
    ...lines.filter((line) => !isElapsedRight(line)).map((line) => `elapsed is wrong: ${JSON.stringify(line)}`),
  ];
}

/** Elapsed is finish minus start; each of the three is rounded on its own, which may make a millisecond. */
function isElapsedRight({ start, finish, elapsed }: StatusLine): boolean {
  return Math.abs(Number(finish) - Number(start) - Number(elapsed)) < 0.002;
}

function missing(patterns: readonly string[], text: string, where: string): string[] {
  return patterns.filter((pattern) => !matches(pattern, text)).map((pattern) => `${where} lacks /${pattern}/`);
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(pattern, "m").test(text);
}

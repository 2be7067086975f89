/** What differs from run to run, and what stands in its place when lines are compared. Nothing else may differ. */
const RULES: ReadonlyArray<readonly [what: RegExp, shape: string]> = [
  // Names that runs are given: by their beginning, or by their job.
  [/_disBatch_\d{12}_\d{3}/g, "_disBatch_<time>_<n>"],
  [/_disBatch_J\d+/g, "_disBatch_J<job>"],
  // Lines of a status file: tasks on two slots end in any order.
  [/(_status\.txt):\d+:1:/g, "$1:<line>:1:"],
  // Dates and times: of the logs, of ISO 8601.
  [/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, "<time>"],
  // Times of day, at the beginning of a line.
  [/^\d\d:\d\d:\d\d(?= )/g, "<time>"],
  // Durations: `12.4 s`, and clocks where the program has them: `in 3:05`, `after 3:05`, `for 0:07`, `ETA 0:12`, `0:02 elapsed`.
  [/\b\d+(?:\.\d{1,3} s|(?:\.\d)? ms)\b/g, "<duration>"],
  [/\b(in|after|for|ETA) (?:\d+d )?\d{1,2}:\d\d(?::\d\d)?(?![\w:])/g, "$1 <duration>"],
  [/\b(?:\d+d )?\d{1,2}:\d\d(?::\d\d)?(?= elapsed\b)/g, "<duration>"],
  [/\b\d+(?:\.\d)?\/(?:s|min|h)\b/g, "<rate>"],
  // Memory that a program has taken.
  [/\b\d+(?:\.\d)?(?= of \d+(?:\.\d)? [KMGT]iB\b)/g, "<n>"],
  [/(?<!of )\b\d+(?:\.\d)? [KMGT]iB\b/g, "<size>"],
  [/\b\d+\.\d\d cores busy\b/g, "<n> cores busy"],
  [/\bslots \d+ % busy\b/g, "slots <n> % busy"],
  // Process ids, and ports that the system has chosen.
  [/\b(pid|process) \d+\b/g, "$1 <pid>"],
  [/\b(\d{1,3}(?:\.\d{1,3}){3}\]?):\d+\b/g, "$1:<port>"],
  [/\bSHA256:(?:[A-Za-z0-9+/]{43}|\.\.\.)/g, "SHA256:<fingerprint>"],
  // How far a run was when its driver was killed.
  [
    /(\bgoing on with the run of [^:]+:) \d+ tasks? done, \d+ under way(?:; \d+ engines? may still be there)?$/g,
    "$1 <n> tasks done, <n> under way; <n> engines may still be there",
  ],
  // Of `--version`: the commit and the runtime.
  [/\((?:[0-9a-f]{7,40}|unknown)[^,()]*, (?:Bun|Node)[^()]*\)/g, "(<commit>, <runtime>)"],
  // Jobs of Slurm.
  [/\b(job|job allocation|JobId=|SLURM_JOB_ID=) ?\d+\b/gi, "$1<job>"],
  [/(?<![A-Za-z0-9])J\d+(?![A-Za-z0-9])/g, "J<job>"],
  [/\bslurm-\d+\.out\b/g, "slurm-<job>.out"],
  // Fields of JSON: of the journal, of `--status --json`, of the files of a run.
  [/"(t|start|end|finish|elapsed|since|now|started|cpu)":\d+(?:\.\d+)?/g, '"$1":<time>'],
  [/"(pid|port|mem|memory)":\d+/g, '"$1":<n>'],
  [/"uid":"[^"]*"/g, '"uid":<id>'],
];

/** How a line of the status file begins, also where its last columns are left out. */
const STATUS_LINE = /^[RBC ][O ][E ][PS ] ?\t\d+\t\d+\t-?\d+\t/;
/** Columns that differ from run to run: process id, elapsed, start, finish. */
const VARYING = new Set([5, 7, 8, 9]);

/** A line with signs in the place of what differs from run to run: lines of one shape are as good as the same. */
export function shapeOf(line: string): string {
  const stable = STATUS_LINE.test(line) ? line.split("\t").map(stableColumn).join("\t") : line;
  return RULES.reduce((text, [what, shape]) => text.replaceAll(what, shape), stable).trimEnd();
}

function stableColumn(value: string, column: number): string {
  return VARYING.has(column) && /^\d+(?:\.\d+)?$/.test(value) ? "<n>" : value;
}

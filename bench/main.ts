/**
 * Measures disbatch against its peers and the machine's limit: `npm run bench -- [--only NAME] [--quick] [--json FILE]`.
 * Prints a table for people and, as the last line, everything as JSON.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { isMet, type Row, type RowResult } from "./row.ts";
import { cpu } from "./rows/cpu.ts";
import { digests } from "./rows/digests.ts";
import { each } from "./rows/each.ts";
import { eta } from "./rows/eta.ts";
import { hosts } from "./rows/hosts.ts";
import { kvs } from "./rows/kvs.ts";
import { library } from "./rows/library.ts";
import { millionLines } from "./rows/million-lines.ts";
import { millionTasks } from "./rows/million-tasks.ts";
import { monitor } from "./rows/monitor.ts";
import { needs } from "./rows/needs.ts";
import { oneTask } from "./rows/one-task.ts";
import { output } from "./rows/output.ts";
import { report } from "./rows/report.ts";
import { queries } from "./rows/queries.ts";
import { resume } from "./rows/resume.ts";
import { sleepers } from "./rows/sleepers.ts";
import { slurm } from "./rows/slurm.ts";
import { slowLink } from "./rows/slow-link.ts";
import { trivial } from "./rows/trivial.ts";
import { watched } from "./rows/watched.ts";
import { webEvents } from "./rows/web-events.ts";
import { webGraph } from "./rows/web-graph.ts";
import { webPage } from "./rows/web-page.ts";
import { webRecords } from "./rows/web-records.ts";
import { webPictures } from "./rows/web-pictures.ts";
import { workflowExplicit } from "./rows/workflow-explicit.ts";
import { workflowJoin } from "./rows/workflow-join.ts";
import { workflowKills } from "./rows/workflow-kills.ts";
import { workflowLatency } from "./rows/workflow-latency.ts";
import { workflowMillion } from "./rows/workflow-million.ts";
import { workflowPairs } from "./rows/workflow-pairs.ts";
import { workflowResume } from "./rows/workflow-resume.ts";
import { workflowUpToDate, workflowUpToDateMillion } from "./rows/workflow-up-to-date.ts";
import { compileLimit, isInstalled } from "./subjects.ts";
import { formatRow } from "./table.ts";

const ROWS: readonly Row[] = [
  trivial,
  watched,
  sleepers,
  oneTask,
  library,
  cpu,
  millionLines,
  each,
  millionTasks,
  report,
  resume,
  queries,
  webEvents,
  webRecords,
  kvs,
  hosts,
  slowLink,
  output,
  slurm,
  needs,
  eta,
  monitor,
  webPictures,
  webPage,
  webGraph,
  workflowMillion,
  workflowExplicit,
  workflowPairs,
  workflowLatency,
  workflowJoin,
  workflowResume,
  workflowUpToDate,
  workflowUpToDateMillion,
  digests,
  workflowKills,
];

/** A load average over this share of the cores, before anything was started, spoils the measurement. */
const BUSY = 0.25;

const { values: options } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean", default: false }, json: { type: "string" } },
});
const rows = ROWS.filter(({ name }) => options.only === undefined || name === options.only);
if (rows.length === 0) {
  console.error(`bench: --only takes one of ${ROWS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "disbatch-bench-"));
// Ctrl-C reaches the programs that are being measured as well.
process.once("SIGINT", () => {
  rmSync(folder, { recursive: true });
  process.exit(130);
});
try {
  await measureAll();
} finally {
  rmSync(folder, { recursive: true });
}

async function measureAll(): Promise<void> {
  const [load = 0] = loadavg();
  const cores = cpus().length;
  const machine = { cpu: cpus()[0]?.model, cores, load, kernel: release(), bun: process.versions["bun"] };
  const tools = { parallel: isInstalled("parallel"), limit: compileLimit(folder) };
  console.log(`${cores} x ${machine.cpu}, Linux ${machine.kernel}, load ${load.toFixed(1)} at the start`);
  if (options.quick) console.log("quick: this shows that everything runs, and measures nothing");
  if (load > BUSY * cores) console.log("the machine is busy with something else: ratios may hold, times do not");
  const results: unknown[] = [];
  for (const row of rows) {
    const place = join(folder, row.name);
    mkdirSync(place);
    const note = (text: string): void => console.error(`bench: ${row.name}: ${text}`);
    try {
      const result = await row.measure({ quick: options.quick, folder: place, note, ...tools });
      console.log(`\n${formatRow(row, result)}`);
      results.push(record(row, result));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      console.log(`\n${row.title}\n  could not be measured: ${message}`);
      results.push({ name: row.name, work: row.title, error: message });
      process.exitCode = 1;
    }
    rmSync(place, { recursive: true });
  }
  const json = JSON.stringify({ machine, quick: options.quick, rows: results });
  if (options.json !== undefined) writeFileSync(options.json, `${json}\n`);
  console.log(`\n${json}`);
}

function record(row: Row, { figures, goals }: RowResult): unknown {
  return { name: row.name, work: row.title, figures, goals: goals.map((goal) => ({ ...goal, met: isMet(goal) })) };
}

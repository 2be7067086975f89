import { formatCommand } from "./command.ts";
import { pythonRepr } from "./python-repr.ts";
import type { StatusRecord } from "./record.ts";

/** One line of the status file, without its newline. */
export function formatRecord(r: StatusRecord): string {
  return (
    `${formatFlags(r)}\t${r.id}\t${r.line}\t${r.repeatIndex}\t${r.node}\t${r.pid}\t${r.returnCode}\t` +
    `${(r.finish - r.start).toFixed(3)}\t${r.start.toFixed(3)}\t${r.finish.toFixed(3)}\t` +
    `${r.output.bytes}\t${pythonRepr(r.output.snippet)}\t${r.error.bytes}\t${pythonRepr(r.error.snippet)}\t` +
    formatCommand(r.command)
  );
}

function formatFlags(r: StatusRecord): string {
  switch (r.kind) {
    case "barrier":
      return "B    ";
    case "check-barrier":
      return "C    ";
    case "per-engine":
      return `${outcomeFlags(r)}P`;
    case "skipped":
      return `${outcomeFlags(r)}S`;
    case "superseded":
      return `${outcomeFlags(r)}Z`;
    case "task":
      return `${outcomeFlags(r)} `;
  }
}

function outcomeFlags(r: StatusRecord): string {
  return (r.returnCode === 0 ? " " : "R") + (r.output.bytes === 0 ? " " : "O") + (r.error.bytes === 0 ? " " : "E");
}

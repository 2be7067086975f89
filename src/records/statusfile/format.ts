import { formatCommand } from "./command.ts";
import { pythonRepr } from "../../domain/python-repr.ts";
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

/** The fourth flag of lines that tell an outcome. */
const KIND_FLAGS = { task: " ", "per-engine": "P", skipped: "S", superseded: "Z" } as const;

/** The first column. */
export function formatFlags(r: StatusRecord): string {
  if (r.kind === "barrier") return "B    ";
  if (r.kind === "check-barrier") return "C    ";
  const failed = r.returnCode === 0 ? " " : "R";
  return failed + (r.output.bytes === 0 ? " " : "O") + (r.error.bytes === 0 ? " " : "E") + KIND_FLAGS[r.kind];
}

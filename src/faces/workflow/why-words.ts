import { printable } from "../../domain/printable.ts";
import type { EarlierWork, InstanceWhy } from "../../workflows/views/instance-why.ts";
import { dateAndTime } from "../terminal/dates.ts";
import { reasonWords } from "./reason-words.ts";

/** Why an instance runs or ran, or does not have to: `ran because code clean.py changed`, `reused from run 2, ...`. @param isOver it has ended. */
export function whyWords(why: InstanceWhy, isOver: boolean): string {
  switch (why.kind) {
    case "runs":
      return why.reason.kind === "never" ? "first run" : `${isOver ? "ran" : "runs"} ${reasonWords(why.reason)}`;
    case "reused":
      return `reused from run ${workWords(why)}`;
    case "stayed":
      return `done in run ${workWords(why)}; nothing has changed since`;
    case "marked":
      return `marked done after run ${why.run}, ${dateAndTime(why.time)}`;
    case "missing":
      return `missing: others make ${printable(why.path)}`;
    case "untold":
      return "why is not known: the run had more reasons than are kept";
    default:
      return why satisfies never;
  }
}

/** `2, 2031-01-03 12:00:00, on myhost`. */
export function workWords({ run, time, node }: EarlierWork): string {
  const when = time === undefined ? "" : `, ${dateAndTime(time)}`;
  return `${run}${when}${node === undefined ? "" : `, on ${printable(node)}`}`;
}

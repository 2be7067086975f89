import {
  countIn,
  FINAL_STATES,
  instancesOf,
  listedTallies,
  type InstanceState,
  type TemplateTally,
} from "../../domain/instance-state.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { wrap } from "../../domain/wrap.ts";
import { dateAndTime } from "../terminal/dates.ts";
import { templateLines } from "../terminal/templates.ts";
import { columnsOf } from "../terminal/text.ts";

/** Where a workflow stands that no driver tells of. */
export interface WorkflowStatus {
  /** Its prefix's last part. */
  readonly name: string;
  /** Number of the last run. */
  readonly run: number;
  /** What the run is doing, in a few words. */
  readonly state: string;
  /** When it began. Unix time in seconds. */
  readonly began: number;
  /** Path of the document. */
  readonly file: string;
  readonly tallies: readonly TemplateTally[];
  /** The command line that goes on with it, and what that does. */
  readonly goOn?: { readonly what: string; readonly command: string } | undefined;
}

/** Where it stands, in lines. @param width columns of the terminal; undefined when lines may be as long as they like. */
export function workflowStatusLines(status: WorkflowStatus, width: number | undefined): readonly string[] {
  const { name, run, state, began, file, tallies, goOn } = status;
  const { list, more } = listedTallies(tallies);
  const broken = (text: string): string[] =>
    width === undefined ? [printable(text)] : wrap(printable(text), width, "", "  ", columnsOf);
  return [
    ...broken(`${name}: run ${run} of ${file}, ${state}, begun ${dateAndTime(began)}`),
    ...broken(numbers(tallies)),
    "",
    ...templateLines(list, more, width),
    // A command line stays whole, whatever the width.
    ...(goOn === undefined ? [] : ["", printable(`${goOn.what}: ${goOn.command}`)]),
  ];
}

/** `5 of 9 instances done, 1 failed, 3 blocked`. */
function numbers(tallies: readonly TemplateTally[]): string {
  const count = (...states: readonly InstanceState[]): number => countIn(tallies, ...states);
  const all = tallies.reduce((sum, tally) => sum + instancesOf(tally), 0);
  const more = tallies.some(({ isGrowing }) => isGrowing) ? " known so far" : "";
  const told = ["failed", "killed", "blocked", "skipped"] as const;
  const left = all - count(...FINAL_STATES);
  return [
    `${count("done", "reused")} of ${plural(all, "instance")}${more} done`,
    ...(count("reused") > 0 ? [`${count("reused")} of these reused`] : []),
    ...told.flatMap((state) => (count(state) > 0 ? [`${count(state)} ${state}`] : [])),
    ...(left > 0 ? [`${left} left`] : []),
  ].join(", ");
}

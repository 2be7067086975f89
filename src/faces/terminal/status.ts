import { someOf } from "../../domain/some-of.ts";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { table } from "./table.ts";
import { templateLines } from "./templates.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { shorten } from "./text.ts";
import type { Snapshot } from "../../domain/snapshot.ts";

/** Where a run stands, as a driver of any version tells it. */
export type ToldSnapshot = Omit<Snapshot, "reason"> & { readonly reason?: string | undefined };

/** Lines of a list before the rest is only counted. */
const MOST_NODES = 4;

/**
 * What `--status` prints: a headline, the contexts and the engines, a line each.
 *
 * @param width columns of the terminal; undefined when lines may be as long as they like.
 */
export function formatStatus(snapshot: ToldSnapshot, width: number | undefined): string {
  const lines = [
    ...headline(snapshot),
    ...workflowLines(snapshot, width),
    ...contextLines(snapshot),
    ...engineLines(snapshot),
  ];
  return lines.map((line) => `${width === undefined ? line : shorten(line, width)}\n`).join("");
}

function headline(snapshot: ToldSnapshot): string[] {
  const { jobId, taskFile, host, pid, phase, reason, started, now, tasks, takesTasks } = snapshot;
  const { total, succeeded, failed, skipped, retrying = 0, running } = tasks;
  const done = succeeded + failed + skipped;
  const of = total === undefined ? plural(done, "task") : `${done} of ${plural(total, "task")}`;
  const why = reason === undefined ? "" : ` (${reason})`;
  const earlier = skipped > 0 ? [`${skipped} of them in earlier runs`] : [];
  const again = retrying > 0 ? [`${retrying} to be tried again`] : [];
  return [
    `${jobId}: ${phase}${why} for ${formatClock(now - started)}, tasks of ${taskFile}, driver on ${host}, process ${pid}`,
    [`${of} done`, ...earlier, `${failed} failed`, ...again, `${running} running`].join(", "),
    ...(takesTasks === true ? ["takes more tasks until disbatch submit PREFIX --done"] : []),
  ].map(printable);
}

function workflowLines({ templates }: ToldSnapshot, width: number | undefined): readonly string[] {
  return templates === undefined ? [] : ["", ...templateLines(templates.list, templates.more, width)];
}

function contextLines({ contexts, engines }: ToldSnapshot): string[] {
  if (contexts.length === 0) return ["", "no context has been added yet"];
  const rows = contexts.map(({ label, nodes, tasksLeft, stopped }) => {
    const all = engines.filter(({ context }) => context === label);
    const here = all.filter(({ state }) => state !== "left" && state !== "lost");
    const slots = here.reduce((sum, engine) => sum + engine.slots, 0);
    const hasEnded = all.length > 0 && here.length === 0;
    const may = hasEnded ? "ended" : stopped ? "stopped" : tasksLeft === undefined ? "any" : String(tasksLeft);
    return [label, String(here.length), String(slots), may, someOf(nodes, MOST_NODES)];
  });
  return ["", ...table(["context", "engines", "slots", "may take", "hosts"], rows, [0, 4])];
}

function engineLines({ engines }: ToldSnapshot): string[] {
  if (engines.length === 0) return ["", "no engine has joined yet"];
  const rows = engines.map((engine) => {
    const { rank, context, slots, running, finished, failed, node } = engine;
    const counts = [slots, running, finished, failed].map(String);
    return [String(rank), context, ...counts, stateOf(engine), node];
  });
  const head = ["engine", "context", "slots", "running", "done", "failed", "state", "host"];
  const heldBack = engines.filter((engine) => stateOf(engine) === HELD_BACK);
  const why = heldBack.map(({ rank, heldBack: reason = "" }) => `engine ${rank} starts no task for now: ${reason}`);
  return ["", ...table(head, rows, [1, 6, 7]), ...(why.length === 0 ? [] : ["", ...why.map(printable)])];
}

const HELD_BACK = "held back";

function stateOf({ state, stopping, heldBack }: ToldSnapshot["engines"][number]): string {
  if (state !== "ready") return state;
  return stopping ? "stopping" : heldBack === undefined ? state : HELD_BACK;
}

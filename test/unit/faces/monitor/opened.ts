import { needsOf } from "../../../../src/faces/monitor/needs.ts";
import { visibleRows } from "../../../../src/faces/monitor/frame.ts";
import { press } from "../../../../src/faces/monitor/press.ts";
import { detailed, paged, printed } from "../../../../src/faces/monitor/receive.ts";
import { type MonitorState, openingState, type TaskOutput } from "../../../../src/faces/monitor/state.ts";
import { PretendedRun } from "../../../support/pretended-run.ts";

/** The commands that are shown. */
const COMMANDS = {
  rerun: "cd /home/you && disbatch -r /home/you/Tasks_042_status.txt -R -s node01,node02,node03 Tasks",
  recover: "disbatch --recover /home/you/Tasks_042",
  explain: "disbatch explain /home/you/Tasks_042",
};

/** A monitor that has just opened on a pretended run. */
export function opened(run: PretendedRun = new PretendedRun()): MonitorState {
  return openingState(run.view, run.link, 0, COMMANDS);
}

/**
 * Presses keys one after another, and has everything answered that the screen needs in between. `output` is what is kept of
 * each task.
 */
export async function pressed(
  state: MonitorState,
  run: PretendedRun,
  keys: readonly string[],
  [columns, rows]: readonly [number, number] = [100, 30],
  output: TaskOutput = {},
): Promise<MonitorState> {
  let now = await answered(state, run, columns, rows, output);
  for (const key of keys) now = await answered(press(now, key).state, run, columns, rows, output);
  return now;
}

async function answered(
  state: MonitorState,
  run: PretendedRun,
  columns: number,
  rows: number,
  output: TaskOutput,
): Promise<MonitorState> {
  let now = { ...state, pageRows: visibleRows(state, columns, rows) };
  const missing = needsOf(now).find(({ isMissing, what }) => isMissing && what !== "log");
  if (missing === undefined) return now;
  if (missing.what === "page") {
    now = paged(now, missing.tab, missing.key, missing.number, await run.tasks(missing.query));
  } else if (missing.what === "task") now = detailed(now, missing.id, await run.task(missing.id));
  else if (missing.what === "output") now = printed(now, missing.id, output);
  else now = { ...now, slots: await run.slots() };
  return answered(now, run, columns, rows, output);
}

/** The keys that are pressed to type this. */
export function typed(text: string): readonly string[] {
  return text.split("");
}

/** The slots of each engine as a grid: what runs on them, and for how long. */

import { type Line, type Span, span } from "./line.ts";
import { chosenRow, firstSeen, rowCount, type SlotsRow, slotsOf } from "./rows.ts";
import { type MonitorState, runNow } from "./state.ts";
import { formatAge } from "./words.ts";
import { clean, cut, padEnd } from "./width.ts";

/** Columns of an engine's name, at most. */
const MOST_NAME = 24;
/** Columns of a slot with the task in it, and of one that only shows whether there is one. */
const WIDE_SLOT = 14;

/** A line for each engine, as many as are seen. Where slots have no room for their tasks, a character stands for each. */
export function slotLines(state: MonitorState, columns: number, rows: number): Line[] {
  const all = slotsOf(state);
  const chosen = chosenRow(state, "slots");
  const seen = Math.max(0, rows - 1);
  const first = firstSeen(chosen, rowCount(state, "slots"), seen);
  const shown = all.slice(first, first + seen);
  const name = Math.min(MOST_NAME, Math.max(8, Math.floor(columns / 4)));
  const room = columns - name - 3;
  const isWide = shown.every((row) => lanesOf(row) * WIDE_SLOT <= room);
  const head: Line = [
    span(
      `  ${padEnd("ENGINE", name)} ${isWide ? "SLOTS: TASK AND AGE" : "SLOTS: ▶ under a minute, ▓ longer, · free"}`,
      "head",
    ),
  ];
  const lines = shown.map(({ engine, tasks }, i): Line => {
    const mark = first + i === chosen ? "▸ " : "  ";
    const label = padEnd(cut(clean(`${engine.rank} ${engine.node}`, name), name), name);
    return [
      span(mark),
      span(label, first + i === chosen ? "chosen" : "plain"),
      span(" "),
      ...cells({ engine, tasks }, isWide, room, runNow(state)),
    ];
  });
  return [head, ...lines];
}

/** Slots of the engine, and those beyond them in which tasks run that need less than a slot. */
function lanesOf({ engine, tasks }: SlotsRow): number {
  return tasks.reduce((most, { slot }) => Math.max(most, slot + 1), engine.slots);
}

function cells({ engine, tasks }: SlotsRow, isWide: boolean, room: number, now: number): Span[] {
  const bySlot = new Map(tasks.map((task) => [task.slot, task]));
  const lanes = lanesOf({ engine, tasks });
  const most = isWide ? lanes : Math.min(lanes, room - 1);
  const spans = Array.from({ length: Math.max(0, most) }, (_, slot): Span => {
    const task = bySlot.get(slot);
    if (task === undefined) return span(isWide ? padEnd("·", WIDE_SLOT) : "·", "dim");
    const age = now - task.start;
    const text = isWide ? padEnd(`${task.taskId} ${formatAge(age)}`, WIDE_SLOT) : age < 60 ? "▶" : "▓";
    return span(text, age < 60 ? "busy" : "warn");
  });
  return most < lanes ? [...spans, span("…", "dim")] : spans;
}

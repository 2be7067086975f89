import { type OutcomeTable, ROW } from "../../records/outcomes/outcome-table.ts";
import type { OutcomeFile } from "../../records/outcomes/outcomes.ts";
import { type Stretch, Windows } from "../../records/pictures/windows.ts";
import { lanesOfNodes } from "./lanes.ts";
import type { IdleReason, TimeUse } from "./report.ts";

/** A run as its time is counted. */
interface Spell extends Stretch {
  /** Whether it is over: only then it is known which start was the last. */
  readonly isOver: boolean;
  firstStart: number;
  lastStart: number;
}

/** Slots that were there from one moment to another. */
interface Offer extends Stretch {
  readonly slots: number;
}

type KnownFile = Pick<OutcomeFile, "story">;

/** When there were slots, and why they may have been idle. */
export interface SlotTimes {
  /** Runs in which a task was started. */
  readonly spells: readonly Stretch[];
  readonly offers: readonly Offer[];
  readonly idle: readonly { readonly why: IdleReason; readonly windows: Windows }[];
  /** The longest task, in seconds. */
  readonly longest: number;
}

/** What these files tell of slots: one pass over all rows, and what sorting their times takes. */
export function slotTimes(table: OutcomeTable, files: readonly KnownFile[]): SlotTimes {
  const spells = files.map((file, number) => spellsOf(table, file, number));
  const longest = noteStarts(table, spells);
  const all = spells.flat().filter(({ firstStart }) => firstStart < Infinity);
  const offers = files.flatMap(({ story }, number) =>
    story === undefined
      ? slotsNeeded(table, number, spells[number] ?? [])
      : story.engines.map(({ from, to, slots }) => ({ from, to, slots })),
  );
  return { spells: all, offers, idle: idleWindows(table, all), longest };
}

/** How time and slots were used by what these files tell. @returns undefined when no task has run. */
export function timeUse(table: OutcomeTable, files: readonly KnownFile[], times: SlotTimes): TimeUse | undefined {
  const { spells: all, offers, idle, longest } = times;
  if (all.length === 0) return undefined;
  const total = new Windows(all);
  const used = useOf(table, offers, [total, ...idle.map(({ windows }) => windows)]);
  const [{ offered, busy } = NOTHING, ...inWindows] = used;
  const reasons = idle.map(({ why }, i) => ({ why, seconds: idleIn(inWindows[i]) }));
  const explained = reasons.reduce((sum, { seconds }) => sum + seconds, 0);
  const slots = mostSlots(offers);
  const least = timeFor(Math.min(busy, offered), offers, total);
  return {
    started: Math.min(...all.map(({ from }) => from)),
    ended: Math.max(...all.map(({ to }) => to)),
    runs: files.every(({ story }) => story !== undefined) ? all.length : undefined,
    makespan: total.total,
    slots,
    reconstructed: files.some(({ story }) => story === undefined),
    offered,
    busy: Math.min(busy, offered),
    bound: longest > least ? { seconds: longest, by: "longest-task" } : { seconds: least, by: "work" },
    tail: { seconds: idle[2]?.windows.total ?? 0, idle: reasons[2]?.seconds ?? 0 },
    idle: [...reasons, { why: "other", seconds: Math.max(0, offered - busy - explained) }],
  };
}

interface Use {
  readonly offered: number;
  readonly busy: number;
}

const NOTHING: Use = { offered: 0, busy: 0 };

function idleIn({ offered, busy }: Use = NOTHING): number {
  return Math.max(0, offered - busy);
}

/** The runs that have written to a file. Without a journal all of it counts as one. */
function spellsOf(table: OutcomeTable, { story }: KnownFile, file: number): Spell[] {
  const none = { firstStart: Infinity, lastStart: -Infinity };
  if (story !== undefined) {
    return story.sessions.map(({ started, last, reason }) => {
      return { from: started, to: last, isOver: reason !== undefined, ...none };
    });
  }
  let from = Infinity;
  let to = -Infinity;
  for (let row = 0; row < table.size; row++) {
    if (!isTaskOf(table, row, file)) continue;
    from = Math.min(from, table.start(row));
    to = Math.max(to, table.finish(row));
  }
  return to < from ? [] : [{ from, to, isOver: true, ...none }];
}

/** Notes the first and the last start in each run. @returns the longest task, in seconds. */
function noteStarts(table: OutcomeTable, spells: readonly (readonly Spell[])[]): number {
  let longest = 0;
  for (let row = 0; row < table.size; row++) {
    if (table.type(row) !== ROW.task) continue;
    const start = table.start(row);
    const spell = spellAt(spells[table.file(row)] ?? [], start);
    if (spell === undefined) continue;
    spell.firstStart = Math.min(spell.firstStart, start);
    spell.lastStart = Math.max(spell.lastStart, start);
    longest = Math.max(longest, table.duration(row));
  }
  return longest;
}

/** Seconds; clocks of hosts differ a little. */
const CLOCKS_DIFFER = 5;

/** The run that a task of that start belongs to; undefined when no journal tells of that time. */
function spellAt(spells: readonly Spell[], start: number): Spell | undefined {
  let low = 0;
  let high = spells.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spells[middle]?.from ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const spell = spells[Math.max(0, low - 1)];
  const fits = spell !== undefined && start >= spell.from - CLOCKS_DIFFER && start <= spell.to + CLOCKS_DIFFER;
  return fits ? spell : undefined;
}

/** Slots of each node as its tasks need them: as many as ran at the same time. */
function slotsNeeded(table: OutcomeTable, file: number, spells: readonly Spell[]): Offer[] {
  const nodes = [...lanesOfNodes(table, (row) => table.file(row) === file).values()];
  return spells.flatMap(({ from, to }) => nodes.map(({ count }) => ({ from, to, slots: count })));
}

function isTaskOf(table: OutcomeTable, row: number, file: number): boolean {
  return table.type(row) === ROW.task && table.file(row) === file;
}

/** How many slots there were at the same time, at most. */
function mostSlots(offers: readonly Offer[]): number {
  const changes = offers.flatMap(({ from, to, slots }) => [
    { time: from, slots },
    { time: to, slots: -slots },
  ]);
  let now = 0;
  let most = 0;
  for (const { slots } of changes.toSorted((a, b) => a.time - b.time || a.slots - b.slots)) {
    now += slots;
    most = Math.max(most, now);
  }
  return most;
}

/** Seconds of the runs after which their slots, as they came and went, have offered so many slot seconds: not before could so much work be done. */
function timeFor(work: number, offers: readonly Offer[], windows: Windows): number {
  const changes = offers.flatMap(({ from, to, slots }) => [
    { at: windows.within(-Infinity, from), slots },
    { at: windows.within(-Infinity, to), slots: -slots },
  ]);
  let [now, at, left] = [0, 0, work];
  for (const change of changes.toSorted((a, b) => a.at - b.at)) {
    const offered = now * (change.at - at);
    if (now > 0 && offered >= left) return at + left / now;
    left -= offered;
    at = change.at;
    now += change.slots;
  }
  return at;
}

/** When slots may have idled for a reason that is known; the reasons do not overlap. */
function idleWindows(table: OutcomeTable, spells: readonly Spell[]): { why: IdleReason; windows: Windows }[] {
  const barriers: Stretch[] = [];
  for (let row = 0; row < table.size; row++)
    if (table.type(row) === ROW.barrier) barriers.push({ from: table.start(row), to: table.finish(row) });
  const waiting = new Windows(barriers);
  const starts = waiting.leftOf(spells.map(({ from, firstStart }) => ({ from, to: firstStart })));
  const before = new Windows([...barriers, ...starts]);
  const over = spells.filter(({ isOver }) => isOver);
  const tails = before.leftOf(over.map(({ lastStart, to }) => ({ from: lastStart, to })));
  return [
    { why: "start", windows: new Windows(starts) },
    { why: "barrier", windows: waiting },
    { why: "tail", windows: new Windows(tails) },
  ];
}

/** Slot seconds on offer, and those with a task in them, in each of these stretches of time. */
function useOf(table: OutcomeTable, offers: readonly Offer[], windows: readonly Windows[]): Use[] {
  const busy = new Float64Array(windows.length);
  for (let row = 0; row < table.size; row++) {
    if (table.type(row) !== ROW.task) continue;
    const [start, finish] = [table.start(row), table.finish(row)];
    for (let i = 0; i < windows.length; i++) busy[i] = (busy[i] ?? 0) + (windows[i]?.within(start, finish) ?? 0);
  }
  return windows.map((window, i) => {
    const offered = offers.reduce((sum, { from, to, slots }) => sum + slots * window.within(from, to), 0);
    return { offered, busy: busy[i] ?? 0 };
  });
}

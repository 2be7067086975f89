import { dateAndTime } from "../../terminal/dates.ts";
import type { Report, TimeUse } from "../report.ts";
import { IDLE_REASONS, overhead, tailWords } from "../text.ts";
import { percent, span } from "../words.ts";
import { details, note, number, section, tableOf, text } from "./markup.ts";
import { plot, roundTop } from "./plot.ts";
import type { PicturedGap, ReportPictures } from "./report-pictures.ts";

/** Steps that are one row of a table: it is read, not looked at. */
const STEPS_A_ROW = 4;

/** Tasks that ended, along time. */
export function outcomesSection({ outcomes }: Report, pictures: ReportPictures | undefined): string {
  if (pictures === undefined) return "";
  const { succeeded, failed, steps } = pictures;
  const all = succeeded.map((count, at) => count + (failed[at] ?? 0));
  const top = roundTop(Math.max(...all));
  const titles = all.map(
    (_, at) => `${whenOf(pictures, at)}: ${number(succeeded[at] ?? 0)} succeeded, ${number(failed[at] ?? 0)} failed`,
  );
  const picture = plot(
    [
      { values: all, look: "good-fill" },
      { values: failed, look: "bad-fill" },
    ],
    {
      label: "Tasks that ended in each step of time",
      ...{ top, axis: axisOf(pictures) },
      legend: [
        ["good-fill", "✔ succeeded"],
        ["bad-fill", "✗ failed"],
      ],
    },
    titles,
  );
  const rows = rowsOf(pictures);
  const table = tableOf(
    "Outcomes over time",
    [
      { head: "From", cell: (at: number) => text(whenOf(pictures, at)) },
      { head: "Succeeded", cell: (at: number) => number(sumFrom(succeeded, at)), right: true },
      { head: "Failed", cell: (at: number) => number(sumFrom(failed, at)), right: true },
    ],
    rows,
  );
  const earlier =
    outcomes.earlier === 0 ? "" : `${number(outcomes.earlier)} outcomes of an earlier run are not in the picture.`;
  return section(
    "Outcomes over time",
    note(`Tasks that ended in each ${span(steps.step)}. ${earlier}`),
    picture,
    details("as a table", table),
  );
}

/** Slots with a task against slots that there were, along time, and how well that went. */
export function slotsSection(report: Report, pictures: ReportPictures | undefined): string {
  const { time } = report;
  if (time === undefined || pictures === undefined) return "";
  const { busy, available, gaps } = pictures;
  const top = roundTop(Math.max(...available, ...busy));
  const titles = busy.map(
    (slots, at) => `${whenOf(pictures, at)}: ${tenths(slots)} of ${tenths(available[at] ?? 0)} slots busy`,
  );
  const picture = plot(
    [
      { values: available, look: "calm-fill" },
      { values: busy, look: "busy-fill" },
    ],
    {
      label: "Slots with a task, and slots that there were, in each step of time",
      ...{ top, axis: axisOf(pictures) },
      legend: [
        ["busy-fill", "busy"],
        ["calm-fill", "available, without a task"],
        ...(gaps.length === 0 ? [] : [["warn-fill", "why slots were idle"] as const]),
      ],
    },
    titles,
    gapStrip(pictures),
  );
  const table = tableOf(
    "Slots over time",
    [
      { head: "From", cell: (at: number) => text(whenOf(pictures, at)) },
      { head: "Busy", cell: (at: number) => tenths(sumFrom(busy, at) / stepsFrom(busy, at)), right: true },
      { head: "Available", cell: (at: number) => tenths(sumFrom(available, at) / stepsFrom(busy, at)), right: true },
    ],
    rowsOf(pictures),
  );
  return section("Slots over time", picture, details("as a table", table), useWords(report, time), idleTable(time));
}

function useWords({ outcomes }: Report, time: TimeUse): string {
  const { makespan, bound, slots, reconstructed, busy, offered, runs } = time;
  const by = bound.by === "work" ? "all work spread evenly over the slots there were" : "the longest task";
  const done = outcomes.missing > 0 ? "for the tasks done, " : "";
  const rows = [
    ["took", `${span(makespan)}${runs !== undefined && runs > 1 ? `, in ${runs} runs` : ""}`],
    ["at best", `${done}${span(bound.seconds)}: ${by}${overhead(makespan, bound.seconds)}`],
    [
      "slots",
      `${number(slots)}${reconstructed ? " (reconstructed from the times of tasks)" : ""}, ${percent(busy, offered)} busy`,
    ],
    ["tail", time.tail.seconds > 0 ? tailWords(time) : "none"],
  ];
  return `<h3>Time and slots</h3><dl>${rows.map(([name, words]) => `<dt>${name}<dd>${text(words ?? "", 500)}`).join("")}</dl>`;
}

function idleTable(time: TimeUse): string {
  const rows = time.idle.filter(({ seconds }) => seconds > 0);
  if (rows.length === 0) return "";
  const table = tableOf(
    "Slots without a task",
    [
      { head: "When", cell: ({ why }: (typeof rows)[number]) => IDLE_REASONS[why] },
      { head: "Slot time", cell: ({ seconds }) => span(seconds), right: true },
      { head: "Share of all", cell: ({ seconds }) => percent(seconds, time.offered), right: true },
      { head: "Picture", quiet: true, cell: ({ seconds }) => bar(seconds / time.offered, "warn-fill") },
    ],
    rows,
  );
  return `<h3>Slots without a task</h3>${table}`;
}

/** A bar of this share; a blank says nothing to those who do not see it, and a number stands beside. */
export function bar(share: number, look: string): string {
  const width = share > 0 ? Math.round(1000 * Math.min(share, 1)) / 10 : 0;
  return `<span class=bar aria-hidden=true><i class=${look} style="width:${width}%"></i></span>`;
}

function gapStrip({ gaps, steps }: ReportPictures): string {
  if (gaps.length === 0) return "";
  const place = (seconds: number): string => `${Math.round((10_000 * seconds) / (steps.to - steps.from)) / 100}%`;
  const shown = gaps.map((gap) => {
    const look = `left:${place(gap.from - steps.from)};width:${place(gap.to - gap.from)}`;
    return `<span style="${look}" title="${text(gapWords(gap))}">${gap.why}</span>`;
  });
  return `<div class=gaps>${shown.join("")}</div>`;
}

function gapWords({ from, to, why }: PicturedGap): string {
  return `${IDLE_REASONS[why]}: ${span(to - from)}, from ${dateAndTime(from)} to ${dateAndTime(to)}`;
}

/** Five times below a picture; of a run within a day, the day stands at the first. */
function axisOf({ steps: { from, to } }: ReportPictures): string[] {
  return Array.from({ length: 5 }, (_, i) => {
    const time = dateAndTime(from + ((to - from) * i) / 4);
    return i === 0 ? time : to - from < 86_400 ? time.slice(11) : time.slice(5, 16);
  });
}

function whenOf({ steps: { from, step } }: ReportPictures, at: number): string {
  return dateAndTime(from + at * step);
}

/** Steps at which rows of a table begin. */
function rowsOf({ steps }: ReportPictures): number[] {
  return Array.from({ length: Math.ceil(steps.points / STEPS_A_ROW) }, (_, row) => row * STEPS_A_ROW);
}

function sumFrom(values: readonly number[], at: number): number {
  return values.slice(at, at + STEPS_A_ROW).reduce((sum, value) => sum + value, 0);
}

function stepsFrom(values: readonly number[], at: number): number {
  return values.slice(at, at + STEPS_A_ROW).length;
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}

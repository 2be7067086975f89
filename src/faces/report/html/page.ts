import { dateAndTime } from "../../terminal/dates.ts";
import { endReason } from "../../terminal/end-reason.ts";
import type { Report } from "../report.ts";
import { differingWords, doneParts, retryWords, sourceWords, STATES } from "../text.ts";
import { percent, span } from "../words.ts";
import { note, number, section, text } from "./markup.ts";
import { type ReportPictures, reportPictures } from "./report-pictures.ts";
import { STYLE } from "./style.ts";
import { durationsSection, kindsSection, nodesSection, slowestSection, templatesSection } from "./task-pictures.ts";
import { outcomesSection, slotsSection } from "./time-pictures.ts";

/** Nothing is loaded, no script runs, and styles stand in the file. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
/** Files that are named. */
const MOST_SOURCES = 40;
/** Characters of a command line that goes on, as markup: it is to be copied, and so it is shown whole or not at all. */
const LONGEST_COMMAND = 64 * 1024;

export { reportPictures };

/** What the page says of itself. */
export interface Making {
  readonly version: string;
  /** Unix time in seconds. */
  readonly now: number;
}

/** The report as one file that needs nothing else: it can be mailed, and kept. Its size does not grow with tasks. */
export function reportHtml(report: Report, pictures: ReportPictures | undefined, making: Making): string {
  const { name } = report.run;
  const sections = [
    outcomesSection(report, pictures),
    slotsSection(report, pictures),
    kindsSection(report, pictures),
    nodesSection(report),
    durationsSection(report),
    slowestSection(report),
    templatesSection(report),
    provenance(report, making),
  ];
  return `<!doctype html>
<html lang=en><head><meta charset=utf-8>
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name=viewport content="width=device-width,initial-scale=1">
<meta name=color-scheme content="light dark">
<title>${text(name)}: report</title>
<style>${STYLE}</style></head>
<body>${header(report)}
<main>
${sections.filter((markup) => markup !== "").join("\n")}
</main>
</body></html>
`;
}

function header(report: Report): string {
  const { run, outcomes, time } = report;
  const doubt =
    outcomes.differing === 0
      ? ""
      : `<p><span class="badge bad">✗ doubtful</span> ${text(differingWords(outcomes.differing), 500)}.</p>`;
  const next = run.next.map(({ purpose, command }) => {
    const markup = text(command, Infinity);
    return markup.length > LONGEST_COMMAND
      ? note(`${purpose}: the command is too long for this page; disbatch report says it on a terminal.`)
      : `<div class=next>${text(purpose)}:<code>${markup}</code></div>`;
  });
  const when = time === undefined ? "" : `<p class=note>${dateAndTime(time.started)} to ${dateAndTime(time.ended)}</p>`;
  return `<header>
<h1>${text(run.name)} ${badge(report)}</h1>
<p>${text(verdictWords(report), 500)}</p>${when}${doubt}${next.join("")}
${cards(report)}${shareBar(report)}
${notes(report)}</header>`;
}

function verdictWords({ run, outcomes, sources }: Report): string {
  const why = run.reason === undefined || run.reason === "done" ? "" : ` early (${endReason(run.reason)})`;
  const isEmpty = run.state === "unknown" && sources.every(({ lines, torn }) => lines === 0 && !torn);
  const parts = [STATES[run.state] + why, isEmpty ? "empty" : "", ...doneParts(outcomes)];
  const words = parts.filter((part) => part !== "").join(", ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** How the run stands, in a colour, a sign and a word. */
function badge({ run, outcomes }: Report): string {
  const [look, words] =
    run.state === "goes-on"
      ? ["busy", "▶ goes on"]
      : run.state === "died"
        ? ["bad", "✗ cut off"]
        : outcomes.failed > 0
          ? ["bad", "✗ with failures"]
          : outcomes.missing > 0
            ? ["warn", "◌ not complete"]
            : outcomes.succeeded > 0
              ? ["good", "✔ all succeeded"]
              : ["", "empty"];
  return `<span class="badge ${look}">${words}</span>`;
}

function cards({ outcomes, time }: Report): string {
  const { succeeded, failed, missing, total } = outcomes;
  const done = succeeded + failed;
  const of = total === undefined ? "tasks done" : `of ${number(total)} tasks done`;
  const shown = [card("", number(done), of)];
  shown.push(card(failed > 0 ? "bad" : "", number(failed), done === 0 ? "failed" : `failed, ${percent(failed, done)}`));
  if (missing > 0) shown.push(card("", number(missing), total === undefined ? "not run, at least" : "not done"));
  if (time !== undefined) {
    const { makespan, bound, slots, busy, offered, tail } = time;
    shown.push(card("", span(makespan), `took; at best ${span(bound.seconds)}`));
    shown.push(card("", percent(busy, offered), `busy of ${number(slots)} slots`));
    if (tail.seconds > 0) shown.push(card("", span(tail.seconds), `tail; cost ${span(tail.idle)} of slot time`));
  }
  return `<ul class=cards>${shown.join("")}</ul>`;
}

function card(look: string, value: string, words: string): string {
  return `<li class="${look}"><b>${text(value)}</b><small>${text(words)}</small>`;
}

function shareBar({ outcomes }: Report): string {
  const { succeeded, failed, missing } = outcomes;
  if (succeeded + failed + missing === 0) return "";
  const part = (count: number, look: string): string =>
    count === 0 ? "" : `<i class=${look} style="flex:${count} 1 0"></i>`;
  const label = `${number(succeeded)} succeeded, ${number(failed)} failed, ${number(missing)} not done`;
  const parts = [part(succeeded, "good-fill"), part(failed, "bad-fill"), part(missing, "calm-fill")];
  return `<div class=share role=img aria-label="${label}">${parts.join("")}</div>`;
}

function notes({ outcomes }: Report): string {
  const { earlier, replaced, failedTries, wastedStarts, wastedSeconds, perEngineFailed, cutShort } = outcomes;
  const sentences: string[] = [];
  if (cutShort > 0) sentences.push(`${number(cutShort)} tasks were cut short, and not started again.`);
  if (earlier > 0) sentences.push(`${number(earlier)} outcomes were taken over from an earlier run.`);
  if (replaced > 0) sentences.push(`${number(replaced)} more outcomes of tasks that ran again: the later one counts.`);
  if (failedTries > 0) sentences.push(`${retryWords(outcomes)}.`);
  if (wastedStarts > 0) {
    const starts = `${number(wastedStarts)} more starts without an outcome`;
    sentences.push(`${starts} (cut short, or on lost engines), ${span(wastedSeconds)} of work.`);
  }
  if (perEngineFailed > 0) sentences.push(`${number(perEngineFailed)} per-engine commands failed.`);
  return sentences.length === 0 ? "" : `<p></p>${note(sentences.join(" "))}`;
}

function provenance({ sources, remarks }: Report, { version, now }: Making): string {
  const named = sources.slice(0, MOST_SOURCES).map((source) => note(sourceWords(source)));
  const more = sources.length - named.length;
  return section(
    "Made from",
    ...named,
    more > 0 ? note(`and ${number(more)} more files`) : "",
    ...remarks.map((remark) => note(`${remark}.`)),
    note(
      `Made by disbatch ${version} at ${dateAndTime(now)}. Times are by the calendar of the machine that made this (${zoneOf(now)}).`,
    ),
  );
}

/** `UTC+1`. */
function zoneOf(now: number): string {
  const minutes = -new Date(now * 1000).getTimezoneOffset();
  const hours = Math.trunc(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  if (minutes === 0) return "UTC";
  return `UTC${minutes < 0 ? "-" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

import { dateAndTime } from "../../terminal/dates.ts";
import { formatEnding } from "../../terminal/text.ts";
import type {
  Report,
  ReportedDurations,
  ReportedKind,
  ReportedNode,
  ReportedTask,
  ReportedTemplate,
} from "../report.ts";
import { kindEnding, kindText, markWords } from "../text.ts";
import { firstLine, percent, span } from "../words.ts";
import { details, note, number, section, tableOf, text } from "./markup.ts";
import { plot, risingLine, roundTop } from "./plot.ts";
import type { ReportPictures } from "./report-pictures.ts";
import { bar } from "./time-pictures.ts";

/** Rows that are shown at once, and in all: the file stays small whatever there is. */
const FIRST_KINDS = 12;
const MOST_KINDS = 100;
const FIRST_NODES = 20;
const MOST_NODES = 200;
const MOST_TEMPLATES = 100;
/** Nodes whose medians are put on a line. */
const MOST_DOTS = 1000;
/** Characters of names. */
const NAME = 80;
/** Bars of a histogram, and how many there are for each doubling of the finest. */
const MOST_BARS = 48;
const PER_DOUBLING = 8;

/** Kinds of failures, and on which nodes they happened. */
export function kindsSection({ kinds, outcomes }: Report, pictures: ReportPictures | undefined): string {
  if (kinds.length === 0) return "";
  const shown = kinds.slice(0, MOST_KINDS);
  const table = (rows: readonly ReportedKind[], first: number): string =>
    tableOf<ReportedKind>(
      "Kinds of failures",
      [
        { head: "Kind", cell: (_, at) => String(first + at + 1), right: true },
        { head: "Tasks", cell: ({ count }) => number(count), right: true },
        { head: "Share", cell: ({ count }) => percent(count, outcomes.failed), right: true },
        { head: "Ending", cell: (kind) => text(kindEnding(kind)) },
        { head: "Error output", cell: (kind) => `<code>${text(kindText(kind), 160)}</code>`, wide: true },
        { head: "Nodes", cell: ({ nodes, node }) => (nodes === 1 ? text(node, NAME) : number(nodes)) },
        { head: "First", cell: ({ first: time }) => text(dateAndTime(time)) },
        { head: "Last", cell: ({ last }) => text(dateAndTime(last)) },
        { head: "Example", cell: ({ examples }) => `task ${examples[0]?.id ?? "-"}` },
      ],
      rows,
    );
  const more = kinds.length - shown.length;
  return section(
    "Failures by kind and node",
    table(shown.slice(0, FIRST_KINDS), 0),
    shown.length > FIRST_KINDS
      ? details(`${shown.length - FIRST_KINDS} more kinds`, table(shown.slice(FIRST_KINDS), FIRST_KINDS))
      : "",
    more > 0 ? note(`and ${number(more)} more kinds`) : "",
    heatTable(shown.slice(0, FIRST_KINDS), pictures),
  );
}

function heatTable(kinds: readonly ReportedKind[], pictures: ReportPictures | undefined): string {
  if (pictures === undefined) return "";
  const { nodes, counts, otherNodes } = pictures.kindsByNode;
  if (nodes.length < 2) return "";
  const most = Math.max(1, ...counts.flat());
  const cell = (count: number): string => {
    if (count === 0) return "<td class=n>";
    const strength = Math.round(100 * (0.12 + 0.4 * Math.sqrt(count / most))) / 100;
    return `<td class="n h" style="--a:${strength}">${number(count)}`;
  };
  const head = kinds.map((kind, at) => `<th scope=col class=n title="${text(kindEnding(kind))}">${at + 1}`).join("");
  const rows = nodes.map((name, at) => `<tr><th scope=row>${text(name, NAME)}${(counts[at] ?? []).map(cell).join("")}`);
  const table = `<table class=heat><thead><tr><th scope=col>Node${head}<tbody>${rows.join("\n")}</table>`;
  const region = `<div class=scroll tabindex=0 role=region aria-label="Failures of each kind on each node">${table}</div>`;
  const more = otherNodes === 0 ? "" : ` ${number(otherNodes)} more nodes have failures.`;
  return `<h3>Kinds by node</h3>${note(`Failed tasks; columns are the kinds above.${more}`)}${region}`;
}

/** How each node did against all. */
export function nodesSection({ nodes }: Report): string {
  if (nodes.length === 0) return "";
  const shown = nodes.slice(0, MOST_NODES);
  const slowest = Math.max(...shown.map(({ durations }) => durations.p50));
  const table = (rows: readonly ReportedNode[]): string =>
    tableOf<ReportedNode>(
      "Nodes",
      [
        { head: "Node", cell: ({ name }) => text(name, NAME) },
        { head: "Tasks", cell: ({ tasks }) => number(tasks), right: true },
        { head: "Failed", cell: ({ failed }) => number(failed), right: true },
        { head: "Share", cell: ({ failed, tasks }) => (failed === 0 ? "" : percent(failed, tasks)), right: true },
        { head: "P50", cell: ({ durations }) => span(durations.p50), right: true },
        {
          head: "Picture",
          quiet: true,
          cell: ({ durations, marks }) =>
            bar(durations.p50 / slowest, marks.includes("slow") ? "warn-fill" : "busy-fill"),
        },
        { head: "P95", cell: ({ durations }) => span(durations.p95), right: true },
        { head: "Longest", cell: ({ durations }) => span(durations.longest), right: true },
        { head: "Work", cell: ({ busy }) => span(busy), right: true },
        { head: "Remarks", cell: markBadges },
      ],
      rows,
    );
  const more = nodes.length - shown.length;
  return section(
    "Nodes against the fleet",
    medianStrip(nodes),
    table(shown.slice(0, FIRST_NODES)),
    shown.length > FIRST_NODES
      ? details(`${shown.length - FIRST_NODES} more nodes`, table(shown.slice(FIRST_NODES)))
      : "",
    more > 0 ? note(`and ${number(more)} more nodes: the CSV has all`) : "",
  );
}

function markBadges(node: ReportedNode): string {
  const words = markWords(node).replace(" <- ", "");
  return words === "" ? "" : `<span class="badge warn">⚠ ${text(words)}</span>`;
}

/** Medians of all nodes on a line: one that is far away is seen at once. */
function medianStrip(all: readonly ReportedNode[]): string {
  // Nodes that stand out are drawn last, in front of the others.
  const nodes = all.slice(0, MOST_DOTS).toReversed();
  if (nodes.length < 3) return "";
  const scaled = (seconds: number): number => Math.log2(Math.max(seconds, 0.001));
  const medians = nodes.map(({ durations }) => scaled(durations.p50));
  const [least, most] = [Math.min(...medians), Math.max(...medians)];
  const dots = nodes.map(({ name, durations, marks }, at) => {
    const x = most > least ? 1 + (98 * ((medians[at] ?? 0) - least)) / (most - least) : 50;
    const look = marks.includes("slow") ? '"dot warn"' : "dot";
    const title = nodes.length <= MOST_NODES ? `<title>${text(name, NAME)}: ${span(durations.p50)}</title>` : "";
    // Nodes of about the same median lie above each other.
    return `<circle class=${look} cx=${x.toFixed(1)}% cy=${10 + ((at * 7) % 25)} r=4>${title}</circle>`;
  });
  const label = `Medians of ${nodes.length} nodes, from ${span(2 ** least)} to ${span(2 ** most)}`;
  const axis = [least, (least + most) / 2, most].map((power) => `<span>${span(2 ** power)}</span>`);
  const strip = `<svg class=strip role=img aria-label="${text(label)}">${dots.join("")}</svg><div class=axis aria-hidden=true>${axis.join("")}</div>`;
  return `<figure><ul class=legend><li>median of each node, log scale</ul>${strip}</figure>`;
}

/** How long tasks took: a histogram whose bins are as wide in ratio, and the share of tasks that took no longer. */
export function durationsSection({ durations, templates }: Report): string {
  if (durations.count === 0) return "";
  const bars = barsOf(durations.histogram);
  const top = roundTop(Math.max(...bars.map(({ count }) => count)));
  let seen = 0;
  const shares = bars.map(({ count }) => (seen += count) / durations.count);
  const titles = bars.map(({ from, to, count }, at) => {
    return `${span(from)} to ${span(to)}: ${number(count)} tasks; ${percent(shares[at] ?? 0, 1)} took no longer`;
  });
  const edges = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => bars[Math.min(bars.length - 1, Math.floor(share * bars.length))],
  );
  const picture = plot(
    [{ values: bars.map(({ count }) => count), look: "busy-fill" }],
    {
      label: "How many tasks took how long",
      top,
      axis: edges.map((edge, at) => span((at === 4 ? edge?.to : edge?.from) ?? 0)),
      legend: [
        ["busy-fill", "tasks, by how long they took (log scale)"],
        ["text-fill", "share that took no longer, from 0 to 100 %"],
      ],
    },
    titles,
  ).replace("</svg>", `${risingLine(shares)}</svg>`);
  const rows = bars.map((one, at) => ({ ...one, share: shares[at] ?? 0 }));
  const table = tableOf(
    "Durations",
    [
      { head: "Up to", cell: ({ to }: (typeof rows)[number]) => span(to), right: true },
      { head: "Tasks", cell: ({ count }) => number(count), right: true },
      { head: "Cumulated", cell: ({ share }) => percent(share, 1), right: true },
    ],
    rows,
  );
  const { p50, p95, longest, total } = durations;
  const words = `p50 ${span(p50)}, p95 ${span(p95)}, longest ${span(longest)}; all together ${span(total)}`;
  return section(
    templates === undefined ? "Durations" : "Durations of all",
    note(words),
    picture,
    details("as a table", table),
  );
}

interface Bar {
  readonly from: number;
  readonly to: number;
  count: number;
}

/** Bins of equal ratio, with the empty ones between them. */
function barsOf(histogram: ReportedDurations["histogram"]): Bar[] {
  const [first, last] = [histogram[0], histogram.at(-1)];
  if (first === undefined || last === undefined) return [];
  // The shortest bin begins at 0, which has no ratio to anything.
  const power = (seconds: number): number => Math.round(Math.log2(seconds) * PER_DOUBLING);
  const least = first.from === 0 ? power(first.to) - 1 : power(first.from);
  const bins = Math.max(1, power(last.to) - least);
  const width = Math.ceil(bins / MOST_BARS);
  const edge = (at: number): number => 2 ** ((least + at * width) / PER_DOUBLING);
  const bars = Array.from({ length: Math.ceil(bins / width) }, (_, at): Bar => {
    return { from: at === 0 ? first.from : edge(at), to: edge(at + 1), count: 0 };
  });
  for (const { to, count } of histogram) {
    const found = bars[Math.min(bars.length - 1, Math.floor((power(to) - 1 - least) / width))];
    if (found !== undefined) found.count += count;
  }
  return bars;
}

/** The tasks that took longest. */
export function slowestSection({ slowest }: Report): string {
  if (slowest.length === 0) return "";
  const longest = Math.max(...slowest.map(({ seconds }) => seconds));
  const table = tableOf<ReportedTask>(
    "Slowest tasks",
    [
      { head: "Took", cell: ({ seconds }) => span(seconds), right: true },
      { head: "Picture", quiet: true, cell: ({ seconds }) => bar(seconds / longest, "busy-fill") },
      { head: "Task", cell: ({ id }) => String(id), right: true },
      { head: "Line", cell: ({ line }) => String(line), right: true },
      { head: "Node", cell: ({ node }) => text(node, NAME) },
      { head: "Ending", cell: ({ ending }) => text(formatEnding(ending)) },
      { head: "Command", cell: ({ command }) => `<code>${text(firstLine(command))}</code>`, wide: true },
    ],
    slowest,
  );
  return section(slowest.length === 1 ? "Slowest task" : `Slowest ${slowest.length} tasks`, table);
}

/** Tasks of a workflow's document. */
export function templatesSection({ templates }: Report): string {
  if (templates === undefined || templates.length === 0) return "";
  const shown = templates.slice(0, MOST_TEMPLATES);
  const longest = Math.max(...shown.map(({ durations }) => durations.total), 0);
  const seconds = ({ durations }: ReportedTemplate, which: "p50" | "p95" | "longest" | "total"): string =>
    durations.count === 0 ? "" : span(durations[which]);
  const blank = (count: number): string => (count === 0 ? "" : number(count));
  const table = tableOf<ReportedTemplate>(
    "Tasks of the workflow",
    [
      { head: "Task", cell: ({ name }) => text(name, NAME) },
      { head: "Done", cell: ({ counts, succeeded }) => number(counts?.done ?? succeeded), right: true },
      { head: "Failed", cell: ({ failed }) => blank(failed), right: true },
      { head: "Blocked", cell: ({ counts }) => blank(counts?.blocked ?? 0), right: true },
      { head: "P50", cell: (one) => seconds(one, "p50"), right: true },
      { head: "P95", cell: (one) => seconds(one, "p95"), right: true },
      { head: "Longest", cell: (one) => seconds(one, "longest"), right: true },
      { head: "Work", cell: (one) => seconds(one, "total"), right: true },
      {
        head: "Picture",
        quiet: true,
        cell: ({ durations }) => bar(longest === 0 ? 0 : durations.total / longest, "busy-fill"),
      },
      { head: "Failed instances", cell: ({ failures, failed }) => failedWords(failures, failed), wide: true },
    ],
    shown,
  );
  const more = templates.length - shown.length;
  return section("Tasks of the workflow", table, more > 0 ? note(`and ${number(more)} more tasks`) : "");
}

function failedWords(failures: readonly string[], failed: number): string {
  const more = failed - failures.length;
  const named = failures.map((name) => `<code>${text(name, NAME)}</code>`).join(", ");
  return more > 0 && named !== "" ? `${named} and ${number(more)} more` : named;
}

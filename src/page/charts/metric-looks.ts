/** How each series looks: which colours its lines have, how they lie, and what their numbers mean. */

import { endingWords } from "../../domain/ending-words.ts";
import { printable } from "../../domain/printable.ts";
import type { FailureKind } from "../../domain/watch.ts";
import type { Metric } from "../../web/api/answers.ts";
import { formatCount, formatRate } from "../words/numbers.ts";
import { formatSpan } from "../words/times.ts";

export interface LineLook {
  readonly title: string;
  /** A custom property of CSS. */
  readonly colour: string;
  readonly isFilled: boolean;
  readonly isDashed: boolean;
}

export interface MetricLook {
  /** Whether lines lie on top of each other. */
  readonly isStacked: boolean;
  readonly isLog: boolean;
  /** Lines that are shown though they are zero all the time. */
  readonly keep: readonly string[];
  /** What its numbers are. */
  readonly unit: string;
  readonly format: (value: number) => string;
  readonly line: (name: string, at: number, kinds: readonly FailureKind[]) => LineLook;
}

const filled = (title: string, colour: string): LineLook => ({ title, colour, isFilled: true, isDashed: false });
const line = (title: string, colour: string, isDashed = false): LineLook => ({
  title,
  colour,
  isFilled: false,
  isDashed,
});

/** Colours of kinds of failures, the most common ones first. */
const KIND_COLOURS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

export const METRIC_LOOKS: Readonly<Record<Metric, MetricLook>> = {
  outcomes: {
    isStacked: true,
    isLog: false,
    keep: ["succeeded", "failed"],
    unit: "tasks a second",
    format: formatRate,
    line: (name) => (name === "failed" ? filled("failed", "--bad-fill") : filled(name, "--good-fill")),
  },
  slots: {
    isStacked: false,
    isLog: false,
    keep: ["busy", "available"],
    unit: "slots",
    format: (value) => (value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : formatCount(value)),
    line: (name) => (name === "busy" ? filled("busy", "--busy-fill") : line(name, "--dim", true)),
  },
  failures: {
    isStacked: true,
    isLog: false,
    keep: [],
    unit: "failures a second",
    format: formatRate,
    line: (name, at, kinds) => filled(kindTitle(name, kinds), `--kind-${KIND_COLOURS[at % KIND_COLOURS.length]}`),
  },
  durations: {
    isStacked: false,
    isLog: true,
    keep: ["p50", "p95"],
    unit: "how long tasks took",
    format: formatSpan,
    line: (name) =>
      name === "p50" ? line("half of them (p50)", "--busy-fill") : line(`95% of them (${name})`, "--past-fill"),
  },
};

/** A kind by its ending and the beginning of its line. */
export function kindTitle(name: string, kinds: readonly FailureKind[]): string {
  const kind = kinds.find(({ id }) => String(id) === name);
  if (kind === undefined || kind.isOther) return name === "other" ? "all others" : `kind ${name}`;
  const text = printable(kind.text);
  return `${endingWords(kind.ending)} ${text.length > 40 ? `${text.slice(0, 39)}…` : text}`.trim();
}

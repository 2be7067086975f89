import { ANY_LINES, type Pair } from "./align.ts";
import type { Step } from "./session.ts";

/** A command of a page, and what it has printed beside what the page says. */
export interface Outcome {
  readonly step: Step;
  readonly pairs: readonly Pair[];
}

/** The page with the output that its commands have printed. What was right stays as it is, `...` too. */
export function mendPage(text: string, outcomes: readonly Outcome[]): string {
  const lines = text.split("\n");
  const fromBelow = outcomes.toSorted((a, b) => b.step.line - a.step.line);
  for (const { step, pairs } of fromBelow) {
    const [indent = ""] = /^\s*/.exec(lines[step.line - 1] ?? "") ?? [];
    const output = pairs.flatMap(mendedLines).map((line) => (line === "" ? "" : indent + line));
    lines.splice(step.outputLine - 1, step.expected.length, ...output);
  }
  return lines.join("\n");
}

function mendedLines(pair: Pair): string[] {
  switch (pair.type) {
    case "same":
      return [pair.expected];
    case "any":
      return [ANY_LINES];
    case "missing":
      return [];
    case "extra":
      return [pair.got];
    default:
      return pair satisfies never;
  }
}

/** What is wrong about a command, for people: page and line, the command, and the lines with their differences. */
export function complaint(page: string, { step, pairs }: Outcome): string {
  return [`${page}:${step.line}: $ ${step.command.replaceAll("\n", "\n> ")}`, ...pairs.map(diffLine)].join("\n");
}

function diffLine(pair: Pair): string {
  switch (pair.type) {
    case "same":
      return `  ${pair.expected}`;
    case "any":
      return `  ${ANY_LINES}`;
    case "missing":
      return `- ${pair.expected}`;
    case "extra":
      return `+ ${pair.got}`;
    default:
      return pair satisfies never;
  }
}

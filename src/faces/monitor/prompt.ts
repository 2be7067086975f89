/** The last line: what is typed or asked, what has been said, or the keys. */

import { wrap } from "../../domain/wrap.ts";
import { columnsOf } from "../terminal/text.ts";
import { joined, type Line, span, type Style } from "./line.ts";
import { clean } from "./width.ts";
import { parseFilter } from "./filter.ts";
import { goesOn, isLost, type MonitorState, type Prompt, type StopChoice, type Typed } from "./state.ts";

/** Columns of what is said, and lines of it. */
const MOST_WORDS = 500;
const MOST_LINES = 3;

/** What is said or asked in whole sentences takes as many lines as it needs. */
export function promptLines(state: MonitorState, columns: number): Line[] {
  const { prompt, said } = state;
  if (prompt?.type === "confirm") {
    return sentence(`Y/N/C ${confirmWords(prompt.choice)}`, "warn", columns);
  }
  if (prompt !== undefined) return [asked(prompt)];
  if (said !== undefined) return sentence(said.text, said.bad ? "bad" : "bold", columns);
  const wrong = filterMistake(state);
  return wrong === undefined ? [joined(keysOf(state), columns, "  ")] : sentence(wrong, "bad", columns);
}

function sentence(words: string, style: Style, columns: number): Line[] {
  return wrap(clean(words, MOST_WORDS), columns - 1, "", "", columnsOf)
    .slice(0, MOST_LINES)
    .map((line) => [span(` ${line}`, style)]);
}

function confirmWords({ request, words }: StopChoice): string {
  if (request.what === "task") return `stop ${words}? it will count as failed`;
  const isKilled = request.what === "run" && request.kill === true;
  return `stop ${words}? ${isKilled ? "what still runs is killed" : "what runs there may finish"}`;
}

/** The same where there is no list to move in. */
export function countsPrompt(state: MonitorState, columns: number): Line[] {
  if (state.said !== undefined) return promptLines(state, columns);
  const keys: Line[] = isLost(state) ? [hint("r", "how to go on")] : [];
  return [joined([...keys, hint("q", "quit"), hint("?", "help")], columns, "  ")];
}

function hint(name: string, words: string): Line {
  return [span(name, "bold"), span(` ${words}`, "dim")];
}

function asked(prompt: Exclude<Prompt, { readonly type: "confirm" }>): Line {
  switch (prompt.type) {
    case "filter":
      return [span(" /", "bold"), ...typed(prompt), span("   Enter: set, Esc: leave it, Ctrl-U: clear", "dim")];
    case "goto":
      return [span(" go to task :", "bold"), ...typed(prompt)];
    case "what": {
      const choices = prompt.choices.flatMap(({ key, words }) => [span(`  ${key}`, "bold"), span(` ${words}`)]);
      return [span(" stop:", "warn"), ...choices, span("  Esc: nothing", "dim")];
    }
    default:
      return prompt satisfies never;
  }
}

function typed({ text, cursor }: Typed): Line {
  return [span(text.slice(0, cursor)), span("▏"), span(text.slice(cursor))];
}

function filterMistake({ lists, tab }: MonitorState): string | undefined {
  if (tab !== "tasks" && tab !== "running") return undefined;
  const parsed = parseFilter(lists[tab].filter);
  return "wrong" in parsed ? parsed.wrong : undefined;
}

function keysOf(state: MonitorState): Line[] {
  const { tab, page } = state;
  const leave = hint("q", goesOn(state) && !isLost(state) ? "quit (run goes on)" : "quit");
  if (page !== undefined) return [hint("Esc", "back"), hint("j k", "move"), leave];
  const enter = {
    engines: "its tasks",
    failures: "tasks",
    running: "all of it",
    tasks: "all of it",
    slots: "its tasks",
    log: "the whole line",
    templates: "its instances",
  }[tab];
  return [
    ...(isLost(state) ? [hint("r", "how to go on")] : []),
    hint("Enter", enter),
    leave,
    hint("?", "help"),
    hint("/", "filter"),
    hint("e", "errors"),
    ...(goesOn(state) && !isLost(state) ? [hint("x", "stop…")] : []),
    ...(isLost(state) ? [] : [hint("r", "re-run cmd")]),
    hint("l", "log"),
    hint("Space", state.frozen ? "go on" : "freeze"),
    hint("< >", "sort"),
  ];
}

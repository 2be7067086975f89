import { printable } from "../../../domain/printable.ts";

/** Characters of a text of tasks that are shown: a command may be a megabyte, and there are many of them. */
const LONGEST = 240;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML shows it, also within an attribute. What would act on a terminal, or turn lines around, is made visible. */
export function text(value: string | number, longest = LONGEST): string {
  const whole = String(value);
  const shown = whole.length > longest ? `${whole.slice(0, longest)}…` : whole;
  return printable(shown).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** A whole number with its thousands told apart. */
export function number(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A column of a table. */
export interface HtmlColumn<R> {
  readonly head: string;
  /** Whether that is only read out: what is below says enough to whoever sees it. */
  readonly quiet?: boolean;
  /** Markup. */
  readonly cell: (row: R, at: number) => string;
  /** Whether it holds numbers, which stand to the right. */
  readonly right?: boolean;
  /** Whether it is the widest, and breaks into lines. */
  readonly wide?: boolean;
}

/** A table that scrolls by itself where it is too wide. @param label what it is about. */
export function tableOf<R>(label: string, columns: readonly HtmlColumn<R>[], rows: readonly R[]): string {
  const classOf = ({ right, wide }: HtmlColumn<R>): string => (right ? " class=n" : wide ? " class=w" : "");
  const headOf = ({ head: name, quiet }: HtmlColumn<R>): string =>
    quiet ? `<span class=sr>${text(name)}</span>` : text(name);
  const head = columns.map((column) => `<th scope=col${classOf(column)}>${headOf(column)}`).join("");
  const body = rows.map((row, at) => {
    return `<tr>${columns.map((column) => `<td${classOf(column)}>${column.cell(row, at)}`).join("")}`;
  });
  const table = `<table><thead><tr>${head}<tbody>${body.join("\n")}</table>`;
  return `<div class=scroll tabindex=0 role=region aria-label="${text(label)}">${table}</div>`;
}

/** What is shown when somebody wants to see it. */
export function details(summary: string, markup: string): string {
  return markup === "" ? "" : `<details><summary>${text(summary)}</summary>${markup}</details>`;
}

/** A part of the report under its title; nothing where there is nothing in it. */
export function section(title: string, ...parts: readonly string[]): string {
  const markup = parts.filter((part) => part !== "").join("\n");
  return markup === "" ? "" : `<section><h2>${text(title)}</h2>\n${markup}</section>`;
}

/** A sentence that explains. */
export function note(sentence: string): string {
  return sentence === "" ? "" : `<p class=note>${text(sentence, 2000)}</p>`;
}

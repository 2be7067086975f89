import { nodesOf, parseMarkdown } from "../support/markdown.ts";

/** A table of a page. */
interface PageTable {
  /** The heading that it stands under. */
  readonly heading: string;
  /** The pieces of code in the first cell of each row. */
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a page, of which the first column says what a row is about. */
export function tablesIn(text: string): PageTable[] {
  const tables: PageTable[] = [];
  let heading = "";
  for (const node of nodesOf(parseMarkdown(text))) {
    if (node.type === "heading") heading = text.slice(node.position?.start.offset, node.position?.end.offset);
    if (node.type !== "table") continue;
    const rows = node.children
      .slice(1)
      .map(({ children: [cell] }) =>
        (cell === undefined ? [] : nodesOf(cell)).flatMap((each) => (each.type === "inlineCode" ? [each.value] : [])),
      );
    tables.push({ heading: heading.replace(/^#+ /, ""), rows });
  }
  return tables;
}

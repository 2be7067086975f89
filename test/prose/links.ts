import path from "node:path";
import GithubSlugger from "github-slugger";
import type { Heading, Nodes } from "mdast";
import { lineOf, nodesOf, parseMarkdown } from "../support/markdown.ts";

/** A link that a page has. */
interface Link {
  /** Line of the page, from 1. */
  readonly line: number;
  /** What it leads to, as the page has it. */
  readonly target: string;
}

/** What there is to know of a page for those who follow links. */
export interface LinkedPage {
  readonly links: readonly Link[];
  /** What may stand behind a `#`. */
  readonly anchors: ReadonlySet<string>;
}

/** Reads the links and anchors of a page, also those in HTML. */
export function readLinks(text: string): LinkedPage {
  const nodes = nodesOf(parseMarkdown(text));
  const slugger = new GithubSlugger();
  const headings = nodes.filter((node): node is Heading => node.type === "heading");
  const html = nodes.flatMap((node) => (node.type === "html" ? [node.value] : []));
  const named = html.flatMap((value) => [...value.matchAll(/\s(?:id|name)="([^"]+)"/g)].map(([, name = ""]) => name));
  return {
    links: nodes.flatMap(linksOf),
    anchors: new Set([...headings.map((heading) => slugger.slug(plainText(heading))), ...named]),
  };
}

function linksOf(node: Nodes): Link[] {
  const line = lineOf(node);
  if (node.type === "link" || node.type === "image" || node.type === "definition") return [{ line, target: node.url }];
  if (node.type !== "html") return [];
  return [...node.value.matchAll(/\s(?:href|src|srcset)="([^"]+)"/g)].map(([, target = ""]) => ({ line, target }));
}

function plainText(node: Nodes): string {
  return nodesOf(node)
    .map((each) => (each.type === "text" || each.type === "inlineCode" ? each.value : ""))
    .join("");
}

/**
 * Links that lead nowhere, as `page:line: what is wrong`. Links out of the project are not followed.
 *
 * @param isThere whether a file or folder of the project is there.
 */
export function brokenLinks(pages: ReadonlyMap<string, LinkedPage>, isThere: (name: string) => boolean): string[] {
  return [...pages].flatMap(([name, { links }]) =>
    links.flatMap(({ line, target }) => {
      const way = wayTo(name, target);
      if (way === undefined) return [];
      const page = pages.get(way.file);
      if (way.file.startsWith("..") || !isThere(way.file)) return [`${name}:${line}: there is no ${way.file}`];
      if (way.anchor === undefined || page?.anchors.has(way.anchor) === true) return [];
      return [`${name}:${line}: ${way.file} has no #${way.anchor}`];
    }),
  );
}

/** Pages that nobody comes to who begins at one of them and follows links. */
export function unreachable(pages: ReadonlyMap<string, LinkedPage>, from: string): string[] {
  const seen = new Set<string>();
  const toVisit = [from];
  for (let name = toVisit.pop(); name !== undefined; name = toVisit.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const { target } of pages.get(name)?.links ?? []) {
      const file = wayTo(name, target)?.file;
      if (file !== undefined && pages.has(file)) toVisit.push(file);
    }
  }
  return [...pages.keys()].filter((name) => !seen.has(name));
}

/** The file of the project that a link leads to; undefined when it leads out of it. */
function wayTo(
  from: string,
  target: string,
): { readonly file: string; readonly anchor: string | undefined } | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return undefined;
  const [, to = "", anchor] = /^([^#]*)(?:#(.*))?$/.exec(target) ?? [];
  const file = to === "" ? from : path.posix.join(path.posix.dirname(from), decodeURIComponent(to));
  return { file, anchor: anchor === undefined ? undefined : decodeURIComponent(anchor) };
}

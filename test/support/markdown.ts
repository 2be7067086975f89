import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTable } from "micromark-extension-gfm-table";

/** Reads Markdown with tables, as GitHub shows it. */
export function parseMarkdown(text: string): Root {
  return fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
}

/** A node and all that stands in it, in the order of the page. @param skip nodes that are left out, with all in them. */
export function nodesOf(node: Nodes, skip: (node: Nodes) => boolean = () => false): Nodes[] {
  if (skip(node)) return [];
  return [node, ...("children" in node ? node.children.flatMap((child) => nodesOf(child, skip)) : [])];
}

/** Line of the page on which a node begins, from 1. */
export function lineOf(node: Nodes): number {
  return node.position?.start.line ?? 1;
}

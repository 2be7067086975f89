import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Page, readPage } from "./page/blocks.ts";

/** The project's folder. */
export const ROOT = path.resolve(import.meta.dirname, "../..");

/** Paths of README and of all pages in docs, from the project's folder. */
export function pageNames(): string[] {
  const docs = path.join(ROOT, "docs");
  const below = existsSync(docs) ? readdirSync(docs, { recursive: true, encoding: "utf8" }) : [];
  return [
    "README.md",
    ...below.filter((name) => name.endsWith(".md")).map((name) => path.posix.join("docs", name)),
  ].toSorted();
}

/** The text of a file of the project. */
export function textOf(name: string): string {
  return readFileSync(path.join(ROOT, name), "utf8");
}

/** Pages that can be run in a place, with at least one block. */
export function pagesFor(place: Page["place"]): Page[] {
  return pageNames()
    .map((name) => readPage(name, textOf(name)))
    .filter((page) => page.place === place && page.blocks.length > 0);
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

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

/** All that is written for people: the pages, and what developers read. */
export function proseNames(): string[] {
  return [...pageNames(), "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"];
}

/** The text of a file of the project. */
export function textOf(name: string): string {
  return readFileSync(path.join(ROOT, name), "utf8");
}

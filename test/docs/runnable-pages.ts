import { pageNames, textOf } from "../support/pages.ts";
import { type Page, readPage } from "./page/blocks.ts";

/** Pages that can be run in a place, with at least one block. */
export function pagesFor(place: Page["place"]): Page[] {
  return pageNames()
    .map((name) => readPage(name, textOf(name)))
    .filter((page) => page.place === place && page.blocks.length > 0);
}
